package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.Attempt.Answer;
import org.typedsession.infinispan.Attempt.Logout;
import org.typedsession.infinispan.Attempt.Read;
import org.typedsession.infinispan.Attempt.Remap;
import org.typedsession.infinispan.Attempt.Span;
import org.typedsession.infinispan.Attempt.Write;
import org.typedsession.infinispan.TrialJudge.AtRest;
import org.typedsession.spi.Placement;
import org.typedsession.testkit.Seed;

/** A campaign says nothing if its judge lets everything pass. */
final class TrialJudgeTest {
  private static final Span FIRST = new Span(1, 2);
  private static final Span SECOND = new Span(3, 4);
  private static final Span THIRD = new Span(5, 6);

  private final RandomSessionCookieGenerator cookies =
      new RandomSessionCookieGenerator(Seed.random());
  private final SessionId original = id();
  private final SessionId successor = id();

  private SessionId id() {
    return cookies.next(Placement.ANYWHERE).id();
  }

  private Set<BrokenPromise> judge(AtRest rest, Attempt... attempts) {
    return new TrialJudge(original, List.of(attempts)).judge(rest);
  }

  /** Two nodes agree. */
  private static AtRest everywhere(Map<SessionId, Long> live) {
    return new AtRest(List.of(live, live), false, live.size());
  }

  private static Write write(long base, long value, Answer answer, Span span) {
    return new Write(base, value, answer, span);
  }

  @Test
  void judge_everyChangeIsBuiltOnTheOneBefore_isClean() {
    assertThat(
            judge(
                everywhere(Map.of(successor, 3L)),
                write(0, 1, Answer.ACKNOWLEDGED, FIRST),
                new Read(original, OptionalLong.of(1), false, SECOND),
                new Remap(successor, 1, 2, Answer.ACKNOWLEDGED, SECOND),
                write(2, 3, Answer.UNKNOWN, THIRD),
                write(1, 9, Answer.REFUSED, THIRD)))
        .isEmpty();
  }

  @Test
  void judge_acknowledgedWriteIsNotInWhatIsThere_isLost() {
    assertThat(
            judge(
                everywhere(Map.of(original, 2L)),
                write(0, 1, Answer.ACKNOWLEDGED, FIRST),
                write(0, 2, Answer.UNKNOWN, FIRST)))
        .containsExactly(BrokenPromise.ACKNOWLEDGED_LOST);
  }

  @Test
  void judge_twoAcknowledgedOnTheSameValue_areForkedAnswers() {
    assertThat(
            judge(
                everywhere(Map.of(original, 2L)),
                write(0, 1, Answer.ACKNOWLEDGED, FIRST),
                write(0, 2, Answer.ACKNOWLEDGED, FIRST)))
        .contains(BrokenPromise.FORKED_ANSWERS);
  }

  @Test
  void judge_sessionThatNobodyAccepts_isLostUnlessALogoutMayHaveEndedIt() {
    assertThat(judge(everywhere(Map.of()))).containsExactly(BrokenPromise.LOST);
    assertThat(judge(everywhere(Map.of()), new Logout(Answer.UNKNOWN, FIRST))).isEmpty();
  }

  @Test
  void judge_sessionThatLivesAfterALogout_isOneUndone() {
    Logout logout = new Logout(Answer.ACKNOWLEDGED, SECOND);

    assertThat(judge(everywhere(Map.of()), logout)).isEmpty();
    assertThat(judge(everywhere(Map.of(original, 0L)), logout))
        .containsExactly(BrokenPromise.LOGOUT_UNDONE);
    assertThat(judge(everywhere(Map.of()), logout, write(0, 1, Answer.ACKNOWLEDGED, THIRD)))
        .containsExactly(BrokenPromise.LOGOUT_UNDONE);
    assertThat(judge(everywhere(Map.of()), logout, write(0, 1, Answer.ACKNOWLEDGED, FIRST)))
        .isEmpty();
  }

  @Test
  void judge_readThatShowsLessThanWasAcknowledged_isStale() {
    Write written = write(0, 1, Answer.ACKNOWLEDGED, FIRST);

    assertThat(
            judge(
                everywhere(Map.of(original, 1L)),
                written,
                new Read(original, OptionalLong.of(0), false, SECOND)))
        .containsExactly(BrokenPromise.STALE);
    assertThat(
            judge(
                everywhere(Map.of()),
                new Logout(Answer.ACKNOWLEDGED, FIRST),
                new Read(original, OptionalLong.of(0), false, SECOND)))
        .containsExactly(BrokenPromise.STALE);
    assertThat(
            judge(
                everywhere(Map.of(original, 1L)),
                written,
                new Read(original, OptionalLong.of(0), false, new Span(2, 3))))
        .as("at the same time")
        .isEmpty();
  }

  @Test
  void judge_idThatWasGivenOutIsUnknown_isFoundOut() {
    Remap remap = new Remap(successor, 0, 1, Answer.ACKNOWLEDGED, FIRST);
    AtRest rest = everywhere(Map.of(successor, 1L));

    assertThat(judge(rest, remap, new Read(successor, OptionalLong.empty(), true, SECOND)))
        .containsExactly(BrokenPromise.UNKNOWN_ID);
    assertThat(judge(rest, remap, new Read(original, OptionalLong.empty(), true, SECOND)))
        .containsExactly(BrokenPromise.UNKNOWN_ID);
    assertThat(judge(rest, remap, new Read(id(), OptionalLong.empty(), true, SECOND))).isEmpty();
  }

  @Test
  void judge_nodesAndCopiesThatDiffer_areFoundOut() {
    Remap remap = new Remap(successor, 0, 1, Answer.UNKNOWN, FIRST);

    assertThat(judge(everywhere(Map.of(original, 0L, successor, 1L)), remap))
        .containsExactlyInAnyOrder(BrokenPromise.FORKED, BrokenPromise.MOVED_TWICE);
    assertThat(
            judge(new AtRest(List.of(Map.of(original, 0L), Map.of(successor, 1L)), true, 1), remap))
        .containsExactlyInAnyOrder(
            BrokenPromise.FORKED, BrokenPromise.DISAGREED, BrokenPromise.COPIES_DIFFER);
  }
}
