package org.typedsession.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.typedsession.testkit.MeetingClock;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Race;

final class RateLimitedLogTest {
  private static final int ROUNDS = 500;
  private static final String TEXT = "it happened";

  private final MutableClock clock = new MutableClock();
  private final Lines lines = new Lines();
  private final RateLimitedLog log = limited(clock);

  private RateLimitedLog limited(InstantSource clock) {
    return new RateLimitedLog(lines, Level.WARNING, clock);
  }

  private record Line(Level level, String text, @Nullable Throwable failure) {}

  /** What is logged, at every level. */
  private static final class Lines implements System.Logger {
    final List<Line> all = new ArrayList<>();
    Level lowest = Level.DEBUG;

    @Override
    public String getName() {
      return "lines";
    }

    @Override
    public boolean isLoggable(Level level) {
      return level.compareTo(lowest) >= 0;
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable failure) {
      if (isLoggable(level)) {
        all.add(new Line(level, text, failure));
      }
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String format, Object @Nullable ... values) {
      assertThat(values).as("a text is no format").isNull();
      log(level, bundle, format, (Throwable) null);
    }
  }

  @Test
  void log_first_isALineWithoutANumber() {
    RuntimeException failure = new IllegalStateException("broken");

    log.log(() -> TEXT, failure);

    assertThat(lines.all).containsExactly(new Line(Level.WARNING, TEXT, failure));
  }

  @Test
  void log_withinTheInterval_isAtDebug() {
    RuntimeException failure = new IllegalStateException("broken");
    log.log(() -> TEXT);
    clock.advance(RateLimitedLog.INTERVAL.minusMillis(1));

    log.log(() -> TEXT, failure);

    assertThat(lines.all)
        .containsExactly(new Line(Level.WARNING, TEXT, null), new Line(Level.DEBUG, TEXT, failure));
  }

  @Test
  void log_afterTheInterval_saysHowManyItStandsFor() {
    log.log(() -> TEXT);
    log.log(() -> TEXT);
    log.log(() -> TEXT);
    clock.advance(RateLimitedLog.INTERVAL);

    log.log(() -> TEXT);

    assertThat(lines.all).hasSize(4);
    assertThat(lines.all.get(3))
        .isEqualTo(new Line(Level.WARNING, TEXT + " (1 of 3 since the last line like this)", null));
  }

  @Test
  void log_kindOfItsOwn_isNotLimitedByAnother() {
    new RateLimitedLog(lines, Level.ERROR, clock).log(() -> "another");
    log.log(() -> TEXT);

    assertThat(lines.all)
        .containsExactly(
            new Line(Level.ERROR, "another", null), new Line(Level.WARNING, TEXT, null));
  }

  @Test
  void log_quietWithoutDebug_asksForNoText() {
    lines.lowest = Level.INFO;
    AtomicInteger asked = new AtomicInteger();
    for (int i = 0; i < 5; i++) {
      log.log(() -> TEXT + asked.incrementAndGet());
    }

    assertThat(asked).hasValue(1);
    assertThat(lines.all).containsExactly(new Line(Level.WARNING, TEXT + 1, null));
  }

  @Test
  void logIfDue_againAndAgain_isOneLineAnIntervalWithoutANumber() {
    assertThat(log.logIfDue(() -> TEXT)).isTrue();
    assertThat(log.logIfDue(() -> TEXT)).isFalse();
    clock.advance(RateLimitedLog.INTERVAL);
    assertThat(log.logIfDue(() -> TEXT)).isTrue();

    assertThat(lines.all)
        .containsExactly(new Line(Level.WARNING, TEXT, null), new Line(Level.WARNING, TEXT, null));
  }

  @Test
  void monotonic_always_isNotSetBack() {
    Instant before = RateLimitedLog.MONOTONIC.instant();

    assertThat(RateLimitedLog.MONOTONIC.instant()).isAfterOrEqualTo(before);
  }

  @Test
  void count_first_isDueForItself() {
    assertThat(log.count()).isOne();
  }

  @Test
  void count_withinTheInterval_isKeptQuiet() {
    log.count();

    assertThat(log.count()).isZero();
    clock.advance(RateLimitedLog.INTERVAL.minusMillis(1));
    assertThat(log.count()).isZero();
  }

  @Test
  void count_afterTheInterval_standsForWhatWasKeptQuiet() {
    log.count();
    log.count();
    log.count();
    clock.advance(RateLimitedLog.INTERVAL);

    assertThat(log.count()).isEqualTo(3);
    assertThat(log.count()).isZero();
    clock.advance(RateLimitedLog.INTERVAL);
    assertThat(log.count()).isEqualTo(2);
  }

  @Test
  void count_clockSetBack_doesNotSilenceUntilItHasCaughtUp() {
    log.count();
    clock.advance(Duration.ofHours(-1));

    assertThat(log.count()).isOne();
    assertThat(log.count()).isZero();
  }

  @Test
  void count_twoAtOnce_isOneLineAndNothingLost() {
    for (int round = 0; round < ROUNDS; round++) {
      clock.advance(RateLimitedLog.INTERVAL);
      RateLimitedLog log = limited(clock);

      List<Long> counts =
          Race.<Long>run(round, List.of(log::count, log::count, log::count)).stream()
              .map(Race.Outcome::value)
              .toList();

      assertThat(counts).filteredOn(count -> count > 0).hasSize(1);
      clock.advance(RateLimitedLog.INTERVAL);
      long told = counts.stream().mapToLong(Long::longValue).sum();
      assertThat(told + log.count()).isEqualTo(4);
    }
  }

  @Test
  void count_twoThatFindALineDue_isOneLineAndNothingLost() {
    MeetingClock meeting = new MeetingClock(clock);
    RateLimitedLog log = limited(meeting);
    for (int round = 0; round < 20; round++) {
      meeting.meet();

      List<Long> counts =
          Race.<Long>run(round, List.of(log::count, log::count)).stream()
              .map(Race.Outcome::value)
              .toList();

      assertThat(counts).filteredOn(count -> count > 0).hasSize(1);
      clock.advance(RateLimitedLog.INTERVAL);
      assertThat(counts.stream().mapToLong(Long::longValue).sum() + log.count()).isEqualTo(3);
      clock.advance(RateLimitedLog.INTERVAL);
    }
  }

  @Test
  void count_overtakenByALineAndOneMore_leavesTheOneMoreToTheNextLine() {
    AtomicReference<Runnable> between = new AtomicReference<>(() -> {});
    RateLimitedLog log =
        limited(
            () -> {
              between.getAndSet(() -> {}).run();
              return clock.instant();
            });
    List<Long> others = new ArrayList<>();
    between.set(
        () -> {
          others.add(log.count());
          others.add(log.count());
        });

    long overtaken = log.count();

    assertThat(others).containsExactly(2L, 0L);
    assertThat(overtaken).isZero();
    clock.advance(RateLimitedLog.INTERVAL);
    assertThat(log.count()).isEqualTo(2);
  }
}
