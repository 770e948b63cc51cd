package org.typedsession.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.typedsession.testing.MeetingClock;
import org.typedsession.testing.MutableClock;
import org.typedsession.testing.Race;

final class LogLimitTest {
  private static final int ROUNDS = 500;

  private final MutableClock clock = new MutableClock();
  private final LogLimit limit = new LogLimit(clock);

  @Test
  void count_first_isDueForItself() {
    assertThat(limit.count()).isOne();
  }

  @Test
  void count_withinTheInterval_isKeptQuiet() {
    limit.count();

    assertThat(limit.count()).isZero();
    clock.advance(LogLimit.INTERVAL.minusMillis(1));
    assertThat(limit.count()).isZero();
  }

  @Test
  void count_afterTheInterval_standsForWhatWasKeptQuiet() {
    limit.count();
    limit.count();
    limit.count();
    clock.advance(LogLimit.INTERVAL);

    assertThat(limit.count()).isEqualTo(3);
    assertThat(limit.count()).isZero();
    clock.advance(LogLimit.INTERVAL);
    assertThat(limit.count()).isEqualTo(2);
  }

  @Test
  void count_clockSetBack_doesNotSilenceUntilItHasCaughtUp() {
    limit.count();
    clock.advance(Duration.ofHours(-1));

    assertThat(limit.count()).isOne();
    assertThat(limit.count()).isZero();
  }

  @Test
  void count_twoAtOnce_isOneLineAndNothingLost() {
    for (int round = 0; round < ROUNDS; round++) {
      clock.advance(LogLimit.INTERVAL);
      LogLimit limit = new LogLimit(clock);

      List<Long> counts =
          Race.<Long>run(round, List.of(limit::count, limit::count, limit::count)).stream()
              .map(Race.Outcome::value)
              .toList();

      assertThat(counts).filteredOn(count -> count > 0).hasSize(1);
      clock.advance(LogLimit.INTERVAL);
      long told = counts.stream().mapToLong(Long::longValue).sum();
      assertThat(told + limit.count()).isEqualTo(4);
    }
  }

  @Test
  void count_twoThatFindALineDue_isOneLineAndNothingLost() {
    MeetingClock meeting = new MeetingClock(clock);
    LogLimit limit = new LogLimit(meeting);
    for (int round = 0; round < 20; round++) {
      meeting.meet();

      List<Long> counts =
          Race.<Long>run(round, List.of(limit::count, limit::count)).stream()
              .map(Race.Outcome::value)
              .toList();

      assertThat(counts).filteredOn(count -> count > 0).hasSize(1);
      clock.advance(LogLimit.INTERVAL);
      assertThat(counts.stream().mapToLong(Long::longValue).sum() + limit.count()).isEqualTo(3);
      clock.advance(LogLimit.INTERVAL);
    }
  }

  @Test
  void count_overtakenByALineAndOneMore_leavesTheOneMoreToTheNextLine() {
    AtomicReference<Runnable> between = new AtomicReference<>(() -> {});
    LogLimit limit =
        new LogLimit(
            () -> {
              between.getAndSet(() -> {}).run();
              return clock.instant();
            });
    List<Long> others = new ArrayList<>();
    between.set(
        () -> {
          others.add(limit.count());
          others.add(limit.count());
        });

    long overtaken = limit.count();

    assertThat(others).containsExactly(2L, 0L);
    assertThat(overtaken).isZero();
    clock.advance(LogLimit.INTERVAL);
    assertThat(limit.count()).isEqualTo(2);
  }
}
