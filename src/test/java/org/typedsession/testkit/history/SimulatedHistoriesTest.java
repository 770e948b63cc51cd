package org.typedsession.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.testing.FigureFile;
import org.typedsession.testkit.history.Violation.Kind;

/** Histories of a session that works, of one that does one thing wrong, and of a false witness. */
final class SimulatedHistoriesTest {
  private static final int ROUNDS = 400;
  private static final FigureFile FIGURES =
      FigureFile.of("history-faults", "fault,planted,noticed,by_name,named");

  @BeforeAll
  static void beginFigures() {
    FIGURES.clear();
  }

  @Property(tries = 1_000, seed = "1")
  void history_ofASessionThatWorks_isExplained(@ForAll long seed) {
    SimulatedSession session = new SimulatedSession(new Random(seed), null);
    assertThat(verdict(session).violations()).isEmpty();
  }

  @Property(tries = 30, seed = "1")
  void history_ofAThousandOperations_isDecided(@ForAll long seed) {
    Random random = new Random(seed);
    SimulatedSession session = new SimulatedSession(random, null, 20 * SimulatedSession.STEPS);
    List<Operation<SessionCall, SessionAnswer>> history = new ArrayList<>(session.run());
    assertThat(history).hasSizeGreaterThan(900);
    Verdict verdict = verdict(history, session.concludedAt());
    assertThat(verdict.violations()).isEmpty();
    assertThat(verdict.unanswered()).isGreaterThan(50);
    // A value that the session never had.
    Operation<SessionCall, SessionAnswer> read =
        history.stream()
            .filter(o -> o.call() instanceof SessionCall.Read)
            .findFirst()
            .orElseThrow();
    history.set(history.indexOf(read), read.withAnswer(Optional.of(SessionAnswer.found(-1))));
    assertThat(verdict(history, session.concludedAt()).violations())
        .extracting(Violation::kind)
        .containsExactly(Kind.WRONG_ANSWER);
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "STALE_READ",
        "DENIED_SESSION",
        "FALSE_CONFLICT",
        "DUPLICATE_WRITE",
        "LOST_WRITE",
        "LOST_SESSION",
        "RESURRECTED",
        "FORK"
      })
  void history_ofASessionWithOneFault_isCalledByItsName(Kind fault) {
    Map<Kind, Integer> named = new EnumMap<>(Kind.class);
    int planted = 0;
    int noticed = 0;
    int right = 0;
    for (int seed = 0; planted < ROUNDS; seed++) {
      SimulatedSession session = new SimulatedSession(new Random(seed), fault);
      List<Violation> violations = verdict(session).violations();
      if (session.isPlanted()) {
        planted++;
        noticed += violations.isEmpty() ? 0 : 1;
        right += violations.stream().anyMatch(violation -> violation.kind() == fault) ? 1 : 0;
        violations.forEach(violation -> named.merge(violation.kind(), 1, Integer::sum));
      } else {
        assertThat(violations).isEmpty();
      }
    }
    String figures =
        "%s,%d,%d,%d,%s".formatted(fault, planted, noticed, right, named).replace(", ", " ");
    FIGURES.append(figures);
    // What happens beside other operations, or unseen because the session ends, may go unnoticed.
    assertThat(noticed).as(figures).isGreaterThan(planted / 2);
    // Where an operation without an answer may have done it, a milder name is right as well.
    assertThat(right).as(figures).isGreaterThan(noticed * 7 / 10);
    assertThat(named).doesNotContainKey(Kind.UNDECIDED);
  }

  @Test
  void history_withOneAnswerChanged_isMostlyInexplicable() {
    int changed = 0;
    int noticed = 0;
    for (int seed = 0; seed < 4 * ROUNDS; seed++) {
      Random random = new Random(seed);
      SimulatedSession session = new SimulatedSession(random, null);
      List<Operation<SessionCall, SessionAnswer>> history = new ArrayList<>(session.run());
      int index = random.nextInt(history.size());
      Operation<SessionCall, SessionAnswer> operation = history.get(index);
      Optional<SessionAnswer> other = operation.answer().flatMap(a -> changed(operation.call(), a));
      if (other.isPresent()) {
        history.set(index, operation.withAnswer(other));
        changed++;
        noticed += verdict(history, session.concludedAt()).isClean() ? 0 : 1;
      }
    }
    FIGURES.append("one answer changed,%d,%d,,".formatted(changed, noticed));
    assertThat(changed).isGreaterThan(ROUNDS);
    assertThat(noticed).isGreaterThan(changed * 3 / 4);
  }

  private static Optional<SessionAnswer> changed(SessionCall call, SessionAnswer answer) {
    if (answer instanceof SessionAnswer.Found found) {
      return Optional.of(SessionAnswer.found(found.value() - 1));
    }
    if (answer instanceof SessionAnswer.None) {
      return Optional.of(SessionAnswer.found(1));
    }
    if (answer instanceof SessionAnswer.Conflict) {
      return Optional.of(SessionAnswer.done());
    }
    return call instanceof SessionCall.Change
        ? Optional.of(SessionAnswer.conflict())
        : Optional.empty();
  }

  private static Verdict verdict(SimulatedSession session) {
    List<Operation<SessionCall, SessionAnswer>> operations = session.run();
    return verdict(operations, session.concludedAt());
  }

  private static Verdict verdict(
      List<Operation<SessionCall, SessionAnswer>> operations, long concludedAt) {
    return new HistoryChecker().check(Map.of("s", operations), concludedAt);
  }
}
