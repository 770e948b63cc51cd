package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionHandle;
import org.typedsession.SessionIdCollisionException;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.Readiness;
import org.typedsession.testing.Logs;
import org.typedsession.testkit.MeetingClock;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Race;

final class StoreLogTest {
  private static final int ROUNDS = 500;
  private static final Duration QUIET = Duration.ofSeconds(10);
  private static final SessionHandle HANDLE = new SessionHandle(1, 2);

  private final MutableClock clock = new MutableClock();
  private final MeetingClock meeting = new MeetingClock(clock);
  private final Logs logs = new Logs();
  private Readiness readiness = new Readiness.Ready();
  private StoreLog log = newLog();

  private StoreLog newLog() {
    return new StoreLog("com.acme.Cart", meeting, () -> readiness);
  }

  @AfterEach
  void closeLogs() {
    logs.close();
  }

  private void refuse() {
    log.refused(new SessionStoreUnavailableException("no quorum", null));
  }

  private void doubt() {
    log.refused(SessionStoreUnavailableException.outcomeUnknown("node left", null));
  }

  @Test
  void served_storeThatNeverRefused_saysNothing() {
    log.served();

    assertThat(logs.all()).isEmpty();
  }

  @Test
  void refused_manyTimes_isOneWarningWithTheReason() {
    for (int i = 0; i < 100; i++) {
      refuse();
      clock.advance(Duration.ofSeconds(30));
    }

    assertThat(logs.all()).hasSize(1);
    assertThat(logs.warnings())
        .singleElement()
        .asString()
        .startsWith("TSESS0053: ")
        .contains("com.acme.Cart", "no quorum", "503");
  }

  @Test
  void served_afterAnOutage_isOneInfoWithHowLongAndHowMany() {
    refuse();
    clock.advance(Duration.ofSeconds(90));
    doubt();
    refuse();
    clock.advance(QUIET);
    log.served();
    log.served();

    assertThat(logs.warnings()).hasSize(1);
    assertThat(logs.infos())
        .singleElement()
        .asString()
        .startsWith("TSESS0054: ")
        .contains(
            "com.acme.Cart",
            "from 2026-03-01T12:00:00Z to 2026-03-01T12:01:30Z:",
            "refused=3,",
            "effect=1");
  }

  @Test
  void served_afterOneRefusal_saysWhenThatWas() {
    refuse();
    clock.advance(QUIET);
    log.served();

    assertThat(logs.infos())
        .singleElement()
        .asString()
        .contains("at 2026-03-01T12:00:00Z:", "refused=1,");
  }

  @Test
  void served_inTheMidstOfRefusals_neitherEndsNorBeginsAnything() {
    for (int i = 0; i < 50; i++) {
      refuse();
      log.served();
      clock.advance(QUIET.minusMillis(1));
      log.served();
    }

    assertThat(logs.all()).hasSize(1);
  }

  @Test
  void served_storeThatSaysItIsNotReady_isNoEnd() {
    refuse();
    clock.advance(QUIET);
    readiness = new Readiness.NotReady("degraded");
    log.served();

    assertThat(logs.infos()).isEmpty();

    readiness = new Readiness.Ready();
    log.served();

    assertThat(logs.infos()).hasSize(1);
  }

  @Test
  void refused_afterTheEnd_beginsAnew() {
    refuse();
    refuse();
    clock.advance(QUIET);
    log.served();
    refuse();
    clock.advance(QUIET);
    log.served();

    assertThat(logs.warnings()).hasSize(2);
    assertThat(logs.infos()).hasSize(2).last().asString().contains("refused=1,", "operations at ");
  }

  @Test
  void served_clockSetBack_endsTheOutageAllTheSame() {
    refuse();
    clock.advance(Duration.ofHours(-1));
    log.served();

    assertThat(logs.infos()).hasSize(1);
  }

  @Test
  void refused_twoThreadsAtOnce_isOneWarningThatCountsBoth() {
    for (int round = 0; round < 20; round++) {
      meeting.meet();
      race(round, this::refuse);
      clock.advance(QUIET);
      log.served();

      assertThat(logs.warnings()).hasSize(round + 1);
      assertThat(logs.infos()).hasSize(round + 1).last().asString().contains("refused=2,");
    }
  }

  @Test
  void served_twoThreadsAtOnce_isOneInfo() {
    for (int round = 0; round < 20; round++) {
      refuse();
      clock.advance(QUIET);
      meeting.meet();
      race(round, log::served);

      assertThat(logs.infos()).hasSize(round + 1);
    }
  }

  @Test
  void served_whileAnotherRequestIsRefused_leavesTheOutageToIt() {
    AtomicReference<Runnable> between = new AtomicReference<>(() -> {});
    log =
        new StoreLog(
            "com.acme.Cart",
            () -> {
              between.getAndSet(() -> {}).run();
              return clock.instant();
            },
            () -> readiness);
    refuse();
    clock.advance(QUIET);
    between.set(this::refuse);
    log.served();

    assertThat(logs.infos()).isEmpty();

    clock.advance(QUIET);
    log.served();

    assertThat(logs.warnings()).hasSize(1);
    assertThat(logs.infos()).singleElement().asString().contains("refused=2,");
  }

  // Either the refusal comes first and belongs to the outage, which goes on, or it begins another.
  @Test
  void servedAndRefused_atOnce_loseNoRefusalAndNoLine() {
    for (int round = 0; round < ROUNDS; round++) {
      log = newLog();
      int before = logs.all().size();
      refuse();
      clock.advance(QUIET);
      Race.run(round, List.of(call(log::served), call(this::refuse)));
      clock.advance(QUIET);
      log.served();

      List<String> lines = logs.all().subList(before, logs.all().size());
      long ends = lines.stream().filter(line -> line.startsWith("TSESS0054")).count();
      assertThat(lines).hasSize((int) ends * 2);
      if (ends == 1) {
        assertThat(lines.get(1)).contains("refused=2,");
      } else {
        assertThat(lines).filteredOn(line -> line.contains("refused=1,")).hasSize(2);
      }
    }
  }

  private static void race(int round, Runnable party) {
    Race.run(round, List.of(call(party), call(party))).forEach(Race.Outcome::value);
  }

  private static Callable<Boolean> call(Runnable party) {
    return () -> {
      party.run();
      return true;
    };
  }

  @Test
  void replayedUndecodableCollided_byTurns_areLimitedEachForItself() {
    for (int i = 0; i < 3; i++) {
      log.replayed(HANDLE);
      log.undecodable(HANDLE, "unknown field");
      log.collided(new SessionIdCollisionException(9));
    }

    assertThat(logs.all())
        .satisfiesExactly(
            text -> assertThat(text).startsWith("TSESS0051: ").contains(HANDLE.toString()),
            text -> assertThat(text).startsWith("TSESS0050: ").contains("unknown field"),
            text -> assertThat(text).startsWith("TSESS0052: ").contains("randomness"));
    assertThat(logs.errors()).hasSize(1);
  }
}
