package org.typedsession.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.typedsession.testkit.history.SessionAnswer.conflict;
import static org.typedsession.testkit.history.SessionAnswer.done;
import static org.typedsession.testkit.history.SessionAnswer.found;
import static org.typedsession.testkit.history.SessionAnswer.idExists;
import static org.typedsession.testkit.history.SessionAnswer.none;
import static org.typedsession.testkit.history.SessionAnswer.unavailable;
import static org.typedsession.testkit.history.SessionCall.create;
import static org.typedsession.testkit.history.SessionCall.end;
import static org.typedsession.testkit.history.SessionCall.increment;
import static org.typedsession.testkit.history.SessionCall.read;
import static org.typedsession.testkit.history.SessionCall.remap;
import static org.typedsession.testkit.history.SessionCall.rotate;
import static org.typedsession.testkit.history.SessionCall.write;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.typedsession.testkit.history.Violation.Kind;

/** Plants one fault of each kind, beside the nearest history without it. */
@SuppressWarnings("BadImport") // histories read as what was done
final class HistoryCheckerTest {
  private static final long CONCLUDED = 1_000;

  private final List<Operation<SessionCall, SessionAnswer>> operations = new ArrayList<>();

  private HistoryCheckerTest from(long begin, long end, SessionCall call, SessionAnswer answer) {
    operations.add(
        new Operation<>(
            "client " + operations.size() % 3, "node-1", call, Optional.of(answer), begin, end));
    return this;
  }

  private HistoryCheckerTest unknown(long begin, SessionCall call) {
    operations.add(new Operation<>("client u", "node-2", call, Optional.empty(), begin, begin + 1));
    return this;
  }

  /** The next operation, when the one before has ended. */
  private HistoryCheckerTest then(SessionCall call, SessionAnswer answer) {
    long begin = operations.stream().mapToLong(Operation::end).max().orElse(0) + 1;
    return from(begin, begin + 1, call, answer);
  }

  /** A read when all is quiet. */
  private HistoryCheckerTest last(String id, SessionAnswer answer) {
    long begin =
        Math.max(CONCLUDED, operations.stream().mapToLong(Operation::end).max().orElse(0) + 1);
    return from(begin, begin + 1, read(id), answer);
  }

  private Verdict verdict() {
    return new HistoryChecker().check(Map.of("s", List.copyOf(operations)), CONCLUDED);
  }

  private void isExplained() {
    assertThat(verdict().violations()).isEmpty();
  }

  private Violation isA(Kind kind) {
    List<Violation> violations = verdict().violations();
    assertThat(violations).extracting(Violation::kind).containsExactly(kind);
    return violations.get(0);
  }

  private void blames(Kind kind, SessionCall call) {
    assertThat(isA(kind).culprit().map(Operation::call)).contains(call);
  }

  @Test
  void fork_twoIdsFoundAtTheEnd_isFork() {
    then(create("a", 1), done());
    from(10, 20, remap("a", "b", 1, 2), done());
    from(11, 21, remap("a", "c", 1, 3), done());
    last("a", none()).last("b", found(2)).last("c", found(3));
    isA(Kind.FORK);
  }

  @Test
  void fork_oneRemapRefused_isExplained() {
    then(create("a", 1), done());
    from(10, 20, remap("a", "b", 1, 2), done());
    from(11, 21, remap("a", "c", 1, 3), conflict());
    last("a", none()).last("b", found(2)).last("c", none());
    isExplained();
  }

  @Test
  void fork_oldAndNewIdFoundAtTheEnd_isFork() {
    then(create("a", 1), done()).then(remap("a", "b", 1, 2), done());
    last("a", found(1)).last("b", found(2));
    blames(Kind.FORK, remap("a", "b", 1, 2));
  }

  @Test
  void fork_ofAnUnansweredRemap_isFork() {
    then(create("a", 1), done()).unknown(5, remap("a", "b", 1, 2));
    then(remap("a", "c", 1, 3), done());
    last("b", found(2)).last("c", found(3));
    isA(Kind.FORK);
  }

  @Test
  void fork_twoRemapsAcknowledgedAndOneGone_isFork() {
    then(create("a", 1), done());
    then(remap("a", "b", 1, 2), done()).then(remap("a", "c", 1, 3), done());
    last("a", none()).last("b", found(2)).last("c", none());
    blames(Kind.FORK, remap("a", "c", 1, 3));
  }

  @Test
  void lostWrite_notThereAtTheEnd_isLost() {
    then(create("a", 1), done()).then(write("a", 1, 2), done());
    last("a", found(1));
    blames(Kind.LOST_WRITE, write("a", 1, 2));
  }

  @Test
  void lostWrite_withoutAnswer_isExplained() {
    then(create("a", 1), done()).unknown(5, write("a", 1, 2));
    last("a", found(1));
    isExplained();
  }

  @Test
  void unansweredWrite_takesEffectMuchLater_isExplained() {
    then(create("a", 1), done()).unknown(5, write("a", 1, 2));
    then(read("a"), found(1)).then(read("a"), found(1)).then(read("a"), found(2));
    last("a", found(2));
    isExplained();
  }

  @Test
  void unansweredWrite_takesEffectBetweenTheLastReads_isExplained() {
    then(create("a", 1), done()).unknown(5, write("a", 1, 2));
    last("a", found(1)).last("a", found(2));
    isExplained();
  }

  @Test
  void unansweredWrite_shownAndGoneAgain_isUnsettled() {
    then(create("a", 1), done()).unknown(5, write("a", 1, 2));
    then(read("a"), found(2)).then(read("a"), found(1));
    last("a", found(2));
    isA(Kind.UNSETTLED_READ);
  }

  @Test
  void unansweredWrite_shownBeforeItBegan_isNot() {
    then(create("a", 1), done()).then(read("a"), found(2)).unknown(50, write("a", 1, 2));
    isA(Kind.WRONG_ANSWER);
  }

  @Test
  void lostWrite_shownAndThenGone_isLost() {
    then(create("a", 1), done()).then(write("a", 1, 2), done()).then(read("a"), found(2));
    last("a", found(1));
    blames(Kind.LOST_WRITE, write("a", 1, 2));
  }

  @Test
  void lostWrite_oneNodeNeverLearnsOfIt_isLost() {
    then(create("a", 1), done()).then(write("a", 1, 2), done());
    last("a", found(2)).last("a", found(1));
    isA(Kind.LOST_WRITE);
  }

  @Test
  void lostIncrement_ofTwoWithTheSameAnswer_isLost() {
    then(create("a", 1), done());
    from(10, 20, increment("a"), done(2));
    from(11, 21, increment("a"), done(2));
    last("a", found(2));
    blames(Kind.LOST_WRITE, increment("a"));
  }

  @Test
  void increments_ofTwoAtOnce_areExplained() {
    then(create("a", 1), done());
    from(10, 20, increment("a"), done(3));
    from(11, 21, increment("a"), done(2));
    last("a", found(3));
    isExplained();
  }

  @Test
  void lostRemap_oldIdGoesOn_isLost() {
    then(create("a", 1), done()).then(remap("a", "b", 1, 2), done());
    last("a", found(1)).last("b", none());
    blames(Kind.LOST_WRITE, remap("a", "b", 1, 2));
  }

  @Test
  void lostRemap_withoutAnswer_isExplained() {
    then(create("a", 1), done()).unknown(5, remap("a", "b", 1, 2));
    last("a", found(1)).last("b", none());
    isExplained();
  }

  @Test
  void duplicateIncrement_oneTooManyAtTheEnd_isDuplicate() {
    then(create("a", 1), done()).then(increment("a"), done(2));
    last("a", found(3));
    blames(Kind.DUPLICATE_WRITE, increment("a"));
  }

  @Test
  void duplicateIncrement_oneTooManyInTheAnswer_isDuplicate() {
    then(create("a", 1), done()).then(increment("a"), done(3));
    last("a", found(3));
    blames(Kind.DUPLICATE_WRITE, increment("a"));
  }

  @Test
  void duplicateIncrement_ofAnUnansweredOne_isDuplicate() {
    then(create("a", 1), done()).unknown(5, increment("a"));
    last("a", found(3));
    blames(Kind.DUPLICATE_WRITE, increment("a"));
  }

  @Test
  void increments_unansweredAndRetried_areExplained() {
    then(create("a", 1), done()).unknown(5, increment("a")).then(increment("a"), done(3));
    last("a", found(3));
    isExplained();
  }

  @Test
  void resurrection_byALateWrite_isResurrected() {
    then(create("a", 1), done());
    from(10, 30, write("a", 1, 2), done());
    from(11, 20, end("a"), done());
    last("a", found(2));
    blames(Kind.RESURRECTED, end("a"));
  }

  @Test
  void lateWrite_doneBeforeTheEnd_isExplained() {
    then(create("a", 1), done());
    from(10, 30, write("a", 1, 2), done());
    from(11, 20, end("a"), done());
    last("a", none());
    isExplained();
  }

  @Test
  void resurrection_shownAfterItWasGone_isResurrected() {
    then(create("a", 1), done()).then(end("a"), done()).then(read("a"), none());
    last("a", found(1));
    blames(Kind.RESURRECTED, end("a"));
  }

  @Test
  void resurrection_writeAcknowledgedAfterTheEndAndGone_isResurrected() {
    then(create("a", 1), done()).then(end("a"), done()).then(write("a", 1, 2), done());
    last("a", none());
    isA(Kind.RESURRECTED);
  }

  @Test
  void endWithAnOldId_successorGoesOn_isResurrected() {
    then(create("a", 1), done()).then(remap("a", "b", 1, 2), done()).then(end("a"), done());
    last("a", none()).last("b", found(2));
    blames(Kind.RESURRECTED, end("a"));
  }

  @Test
  void endWithAnOldId_successorIsGone_isExplained() {
    then(create("a", 1), done()).then(remap("a", "b", 1, 2), done()).then(end("a"), done());
    last("a", none()).last("b", none());
    isExplained();
  }

  @Test
  void endWithAnIdThatIsYetToCome_changesNothing() {
    then(create("a", 1), done()).then(end("b"), done()).then(remap("a", "b", 1, 2), done());
    last("b", found(2));
    isExplained();
  }

  @Test
  void endByHandle_successorIsGone_isExplained() {
    then(create("a", 1), done()).then(remap("a", "b", 1, 2), done()).then(end(), done());
    last("b", none());
    isExplained();
  }

  @Test
  void endWithoutAnswer_mayHoldOrNot() {
    then(create("a", 1), done()).unknown(5, end("a"));
    last("a", found(1)).last("a", none());
    isExplained();
  }

  @Test
  void deadId_readAfterTheRemap_isAccepted() {
    then(create("a", 1), done()).then(remap("a", "b", 1, 2), done()).then(read("a"), found(1));
    last("a", none()).last("b", found(2));
    blames(Kind.DEAD_ID_ACCEPTED, read("a"));
  }

  @Test
  void deadId_readDuringTheRemap_isExplained() {
    then(create("a", 1), done());
    from(10, 20, remap("a", "b", 1, 2), done());
    from(15, 25, read("a"), found(1));
    last("a", none()).last("b", found(2));
    isExplained();
  }

  @Test
  void deadId_readAfterTheEnd_isAccepted() {
    then(create("a", 1), done()).then(end("a"), done()).then(read("a"), found(1));
    last("a", none());
    blames(Kind.DEAD_ID_ACCEPTED, read("a"));
  }

  @Test
  void deadId_changedAfterTheRemap_isAccepted() {
    then(create("a", 1), done()).then(rotate("a", "b"), done(1)).then(increment("a"), done(2));
    last("a", none()).last("b", found(1));
    blames(Kind.DEAD_ID_ACCEPTED, increment("a"));
  }

  @Test
  void deadId_changedAfterTheRemapWasLost_isExplained() {
    then(create("a", 1), done()).unknown(5, rotate("a", SessionCall.LOST_ID));
    then(increment("a"), done(2));
    last("a", found(2));
    isExplained();
  }

  @Test
  void lostId_holdsTheSession_oldIdIsDead() {
    then(create("a", 1), done()).unknown(5, rotate("a", SessionCall.LOST_ID));
    then(increment("a"), conflict()).then(increment("a"), none());
    last("a", none());
    isExplained();
  }

  @Test
  void conflict_nothingInTheWay_isFalse() {
    then(create("a", 1), done()).then(write("a", 1, 2), conflict());
    last("a", found(1));
    blames(Kind.FALSE_CONFLICT, write("a", 1, 2));
  }

  @Test
  void conflict_anotherWriteInTheWay_isExplained() {
    then(create("a", 1), done());
    from(10, 20, write("a", 1, 3), done());
    from(11, 21, write("a", 1, 2), conflict());
    last("a", found(3));
    isExplained();
  }

  @Test
  void conflict_perhapsAnUnansweredWriteInTheWay_isExplained() {
    then(create("a", 1), done()).unknown(5, write("a", 1, 3));
    then(write("a", 1, 2), conflict());
    last("a", found(3));
    isExplained();
  }

  @Test
  void conflict_butDone_isFalse() {
    then(create("a", 1), done()).then(write("a", 1, 2), conflict());
    last("a", found(2));
    blames(Kind.FALSE_CONFLICT, write("a", 1, 2));
  }

  @Test
  void conflict_ofAnIncrementUnderALiveId_isFalse() {
    then(create("a", 1), done());
    from(10, 20, increment("a"), done(2));
    from(11, 21, increment("a"), conflict());
    last("a", found(2));
    blames(Kind.FALSE_CONFLICT, increment("a"));
  }

  @Test
  void idExists_whereItIsFree_isFalse() {
    then(create("a", 1), done()).then(remap("a", "b", 1, 2), idExists());
    last("a", found(1)).last("b", none());
    blames(Kind.FALSE_CONFLICT, remap("a", "b", 1, 2));
  }

  @Test
  void idExists_whereItIsTaken_isExplained() {
    then(create("a", 1), done()).then(create("a", 5), idExists());
    then(remap("a", "b", 1, 2), done()).then(remap("b", "a", 2, 3), idExists());
    last("a", none()).last("b", found(2));
    isExplained();
  }

  @Test
  void none_ofALiveSession_isDenied() {
    then(create("a", 1), done()).then(read("a"), none());
    last("a", found(1));
    blames(Kind.DENIED_SESSION, read("a"));
  }

  @Test
  void none_ofASuccessorThatHasNotArrived_isDenied() {
    then(create("a", 1), done()).then(remap("a", "b", 1, 2), done()).then(read("b"), none());
    last("a", none()).last("b", found(2));
    blames(Kind.DENIED_SESSION, read("b"));
  }

  @Test
  void none_toAChangeOfALiveSession_isDenied() {
    then(create("a", 1), done()).then(increment("a"), none());
    last("a", found(1));
    blames(Kind.DENIED_SESSION, increment("a"));
  }

  @Test
  void none_atTheEndOnOneNodeOnly_isDenied() {
    then(create("a", 1), done());
    last("a", none()).last("a", found(1));
    isA(Kind.DENIED_SESSION);
  }

  @Test
  void unavailable_ofALiveSession_isExplained() {
    then(create("a", 1), done()).then(read("a"), unavailable());
    last("a", found(1));
    isExplained();
  }

  @Test
  void lostSession_gonePartway_isOneLoss() {
    then(create("a", 1), done()).then(increment("a"), done(2));
    then(read("a"), none()).then(increment("a"), none()).then(increment("a"), conflict());
    last("a", none());
    assertThat(isA(Kind.LOST_SESSION).culprit()).isEmpty();
  }

  @Test
  void staleRead_afterAnAcknowledgedWrite_isStale() {
    then(create("a", 1), done()).then(write("a", 1, 2), done()).then(read("a"), found(1));
    last("a", found(2));
    blames(Kind.STALE_READ, read("a"));
  }

  @Test
  void staleRead_duringTheWrite_isExplained() {
    then(create("a", 1), done());
    from(10, 20, write("a", 1, 2), done());
    from(19, 29, read("a"), found(1));
    last("a", found(2));
    isExplained();
  }

  @Test
  void reads_outOfOrderDuringAWrite_areUnsettledAndNoBrokenPromise() {
    then(create("a", 1), done());
    from(10, 50, write("a", 1, 2), done());
    from(11, 12, read("a"), found(2));
    from(13, 14, read("a"), found(1));
    last("a", found(2));
    assertThat(verdict().violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.UNSETTLED_READ);
    assertThat(verdict().isClean()).isTrue();
  }

  @Test
  void reads_severalOutOfOrderDuringAWrite_areUnsettledAndNoBrokenPromise() {
    then(create("a", 1), done());
    from(10, 50, write("a", 1, 2), done());
    from(11, 12, read("a"), found(2));
    from(13, 60, remap("a", "b", 2, 3), done());
    from(14, 15, read("a"), found(1));
    from(16, 17, read("a"), found(1));
    last("a", none()).last("b", found(3));
    assertThat(verdict().violations())
        .isNotEmpty()
        .extracting(Violation::kind)
        .containsOnly(Kind.UNSETTLED_READ);
    assertThat(verdict().isClean()).isTrue();
  }

  @Test
  void read_afterARefusalDuringTheWriteThatCausedIt_isUnsettledAndNoBrokenPromise() {
    then(create("a", 1), done());
    from(10, 50, write("a", 1, 2), done());
    from(11, 12, write("a", 1, 3), conflict());
    from(13, 14, read("a"), found(1));
    last("a", found(2));
    assertThat(verdict().violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.UNSETTLED_READ);
  }

  @Test
  void reads_outOfOrderAfterTheWrite_areStale() {
    then(create("a", 1), done());
    from(10, 12, write("a", 1, 2), done());
    from(11, 12, read("a"), found(2));
    from(13, 14, read("a"), found(1));
    last("a", found(2));
    blames(Kind.STALE_READ, read("a"));
    assertThat(verdict().isClean()).isFalse();
  }

  @Test
  void reads_outOfOrderDuringARemap_areUnsettledAndNoBrokenPromise() {
    then(create("a", 1), done());
    from(10, 50, remap("a", "b", 1, 2), done());
    from(11, 12, read("a"), none());
    from(13, 14, read("a"), found(1));
    last("a", none()).last("b", found(2));
    assertThat(verdict().violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.UNSETTLED_READ);
    assertThat(verdict().isClean()).isTrue();
  }

  @Test
  void staleReads_severalOfThem_areCountedEach() {
    then(create("a", 1), done()).then(write("a", 1, 2), done()).then(write("a", 2, 3), done());
    then(read("a"), found(1)).then(read("a"), found(2)).then(read("a"), found(3));
    last("a", found(3));
    assertThat(verdict().count(Kind.STALE_READ)).isEqualTo(2);
    assertThat(verdict().violations()).hasSize(2);
  }

  @Test
  void faults_ofSeveralKinds_areAllFound() {
    then(create("a", 1), done()).then(read("a"), none()).then(write("a", 1, 2), done());
    then(read("a"), found(1)).then(remap("a", "b", 2, 3), done());
    last("a", found(2)).last("b", found(3));
    assertThat(verdict().violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.DENIED_SESSION, Kind.STALE_READ, Kind.FORK);
  }

  @Test
  void wrongAnswer_ofAValueThatNobodyWrote_isWrong() {
    then(create("a", 1), done()).then(read("a"), found(99));
    last("a", found(1));
    blames(Kind.WRONG_ANSWER, read("a"));
  }

  @Test
  void wrongAnswer_toTwoIncrementsThatBothCount_isWrong() {
    then(create("a", 1), done());
    from(10, 20, increment("a"), done(2));
    from(11, 21, increment("a"), done(2));
    last("a", found(3));
    blames(Kind.WRONG_ANSWER, increment("a"));
  }

  @Test
  void create_withoutAnswer_mayComeLate() {
    unknown(1, create("a", 1)).then(read("a"), none()).then(read("a"), found(1));
    isExplained();
  }

  @Test
  void limit_tooLowForTheSearch_isUndecidedAndNotClean() {
    then(create("a", 1), done());
    for (int i = 0; i < 12; i++) {
      from(10 + i, 100 + i, increment("a"), done(13 - i));
    }
    last("a", found(99));
    Verdict verdict = new HistoryChecker(5).check(Map.of("s", List.copyOf(operations)), CONCLUDED);
    assertThat(verdict.isClean()).isFalse();
    assertThat(verdict.count(Kind.UNDECIDED)).isEqualTo(1);
  }

  @Test
  void manyUnansweredIncrements_areDecided() {
    then(create("a", 0), done());
    for (int i = 0; i < 60; i++) {
      unknown(10 + i, increment("a"));
    }
    from(200, 210, increment("a"), done(31));
    from(220, 230, increment("a"), done(62));
    last("a", found(62));
    isExplained();
    last("a", found(63));
    assertThat(verdict().isClean()).isFalse();
    assertThat(verdict().count(Kind.UNDECIDED)).isZero();
  }

  @Test
  void explanation_ofALostWrite_showsOperationsAndWhereItEnds() {
    then(create("a", 1), done()).then(write("a", 1, 2), done());
    last("a", found(1));
    assertThat(isA(Kind.LOST_WRITE).explanation())
        .contains("LOST_WRITE in session s")
        .containsPattern("! +2 .*change a \\(1\\) := 2 +Done")
        .containsPattern(" +3 .*read a +Found\\(1\\)")
        .contains("At best 1, 2 came in this order, and left the session live under {a=2}.")
        .contains("no order gives the answer of 3.");
  }

  @Test
  void explanation_ofALongHistory_isItsShortestBeginning() {
    then(create("a", 1), done()).then(read("a"), none());
    for (int i = 1; i < 50; i++) {
      then(write("a", i, i + 1), done());
    }
    last("a", found(50));
    assertThat(isA(Kind.DENIED_SESSION).explanation().lines().count()).isLessThan(8);
  }

  @Test
  void verdict_ofSeveralSessions_countsApart() {
    then(create("a", 1), done()).unknown(5, write("a", 1, 2)).last("a", found(2));
    List<Operation<SessionCall, SessionAnswer>> good = List.copyOf(operations);
    operations.clear();
    then(create("b", 1), done()).then(write("b", 1, 2), done()).last("b", found(1));
    Verdict verdict =
        new HistoryChecker().check(Map.of("good", good, "bad", operations), CONCLUDED);
    assertThat(verdict.sessions()).isEqualTo(2);
    assertThat(verdict.operations()).isEqualTo(6);
    assertThat(verdict.unanswered()).isEqualTo(1);
    assertThat(verdict.lost()).isEqualTo(1);
    assertThat(verdict.forks()).isZero();
    assertThat(verdict.simplest().map(Violation::session)).contains("bad");
    assertThat(verdict).asString().contains("{LOST_WRITE=1}").contains("! ");
  }

  @Test
  void history_ofOneClient_isJudgedAsItWasTold() {
    AtomicLong clock = new AtomicLong();
    History history = new History(clock::incrementAndGet);
    history.begin("c", "n").end("s", create("a", 1), done());
    history.begin("c", "n").end("s", write("a", 1, 2), done());
    history.begin("c", "n").unknown("s", rotate("a", SessionCall.LOST_ID));
    history.begin("c", "n").forget();
    history.begin("c", "n").end("s", remap("a", "b", 2, 3), done());
    history.conclude();
    assertThat(history.ids()).isEqualTo(Map.of("s", Set.of("a", "b")));
    history.begin("c", "n").end("s", read("a"), none());
    assertThat(new HistoryChecker().check(history).unread()).isEqualTo(Map.of("s", Set.of("b")));
    history.begin("c", "n").end("s", read("b"), found(3));
    Verdict verdict = new HistoryChecker().check(history);
    assertThat(verdict.isClean()).isTrue();
    assertThat(verdict.unread()).isEmpty();
    history.begin("c", "m").end("s", read("a"), none());
    assertThat(new HistoryChecker().check(history).unread()).isEqualTo(Map.of("s", Set.of("b")));
    history.begin("c", "n").end("s", read("b"), found(2));
    assertThat(new HistoryChecker().check(history).count(Kind.WRONG_ANSWER)).isEqualTo(1);
  }

  @Test
  void history_operationWhoseOutcomeWasNotTold_isNotJudged() {
    History history = new History();
    history.begin("c", "n");
    assertThatIllegalStateException().isThrownBy(() -> new HistoryChecker().check(history));
    assertThatIllegalStateException().isThrownBy(history::conclude);
  }

  @Test
  void history_answerThatIsNone_isRefused() {
    History.Running running = new History().begin("c", "n");
    assertThatIllegalArgumentException().isThrownBy(() -> running.end("s", read("a"), conflict()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> running.end("s", increment("a"), idExists()));
  }
}
