package org.typedsession.log;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Logs one kind of event that clients can bring about as often as they like: the first at once, and
 * then at most one line a minute, which says how many events it stands for. Every other event is
 * logged at DEBUG.
 *
 * <p>Nothing runs in the background: events without a line of their own are counted into the line
 * of the next event after the minute. A clock that was set back counts as time that has passed.
 *
 * <p>A text is asked for only where it is logged. Safe for use by many threads: of those that find
 * a line due, one writes it, and each event is counted into one line.
 */
public final class RateLimitedLog {
  /** How long a line is followed by no other. */
  public static final Duration INTERVAL = Duration.ofMinutes(1);

  /** A clock that cannot be set. Its instants are good for nothing but differences. */
  public static final InstantSource MONOTONIC = () -> Instant.EPOCH.plusNanos(System.nanoTime());

  private final System.Logger logger;
  private final System.Logger.Level level;
  private final InstantSource clock;
  private final AtomicLong uncounted = new AtomicLong();
  private final AtomicReference<@Nullable Instant> lastLine = new AtomicReference<>();

  /**
   * @param logger of the class that the events belong to
   * @param level of the lines
   * @param clock tells when a line is due
   */
  public RateLimitedLog(System.Logger logger, System.Logger.Level level, InstantSource clock) {
    this.logger = logger;
    this.level = level;
    this.clock = clock;
  }

  /**
   * Logs one event without a stack trace.
   *
   * @param text of the event, to which the number is added
   */
  public void log(Supplier<String> text) {
    log(text, null);
  }

  /**
   * Logs one event.
   *
   * @param text of the event, to which the number is added
   * @param failure whose stack trace is logged with it, or null
   */
  public void log(Supplier<String> text, @Nullable Throwable failure) {
    long count = count();
    if (count > 0) {
      logger.log(level, text.get() + others(count), failure);
    } else {
      logger.log(System.Logger.Level.DEBUG, text, failure);
    }
  }

  /**
   * Writes a line if one is due, without a number, and nothing otherwise: for a state that is seen
   * again and again until it has been logged.
   *
   * @param text of the line
   * @return whether it was written
   */
  public boolean logIfDue(Supplier<String> text) {
    boolean due = count() > 0;
    if (due) {
      logger.log(level, text);
    }
    return due;
  }

  /**
   * Counts one event.
   *
   * @return 0 if it has no line; otherwise how many events its line stands for, this one included
   */
  long count() {
    uncounted.incrementAndGet();
    Instant last = lastLine.get();
    Instant now = clock.instant();
    // The one atomic step: of all threads that find a line due, one writes it.
    return isDue(last, now) && lastLine.compareAndSet(last, now) ? uncounted.getAndSet(0) : 0;
  }

  // Both ways: a clock that was set back must not silence the log until it has caught up.
  private static boolean isDue(@Nullable Instant last, Instant now) {
    return last == null || Duration.between(last, now).abs().compareTo(INTERVAL) >= 0;
  }

  private static String others(long count) {
    return count > 1 ? " (1 of %s since the last line like this)".formatted(count) : "";
  }
}
