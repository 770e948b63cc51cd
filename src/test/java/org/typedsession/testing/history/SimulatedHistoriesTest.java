package org.typedsession.testing.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.testing.history.Violation.Kind;

/** Histories of a session that works, of one that does one thing wrong, and of a false witness. */
final class SimulatedHistoriesTest {
  private static final int ROUNDS = 400;

  @Property(tries = 1_000)
  void history_ofASessionThatWorks_isExplained(@ForAll long seed) {
    SimulatedSession session = new SimulatedSession(new Random(seed), null);
    assertThat(verdict(session).violations()).isEmpty();
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
  void history_ofASessionWithOneFault_isCalledByItsName(Kind fault, TestReporter reporter) {
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
        "%s: %d planted, %d noticed, %d by name; %s"
            .formatted(fault, planted, noticed, right, named);
    reporter.publishEntry("history", figures);
    // What happens beside other operations, or unseen because the session ends, may go unnoticed.
    assertThat(noticed).as(figures).isGreaterThan(planted / 2);
    // Where an operation without an answer may have done it, a milder name is right as well.
    assertThat(right).as(figures).isGreaterThan(noticed * 7 / 10);
    assertThat(named).doesNotContainKey(Kind.UNDECIDED);
  }

  @Test
  void history_withOneAnswerChanged_isMostlyInexplicable(TestReporter reporter) {
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
    reporter.publishEntry("history", "%d answers changed, %d noticed".formatted(changed, noticed));
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
