package org.typedsession.spi;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what requests can bring about from filling the log: at most one line a minute, which says
 * how often it happened since the last one. Not meant for applications.
 *
 * <p>One limit is for one kind of line. Safe for use by many threads.
 */
public final class LogLimit {
  /** How long a line is followed by no other. */
  public static final Duration INTERVAL = Duration.ofMinutes(1);

  private final InstantSource clock;
  private final AtomicLong untold = new AtomicLong();
  private final AtomicReference<@Nullable Instant> lastLine = new AtomicReference<>();

  /**
   * @param clock tells the time
   */
  public LogLimit(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Counts one event.
   *
   * @return 0 if it is to be kept quiet; otherwise a line is due, which stands for so many events,
   *     this one included
   */
  public long count() {
    untold.incrementAndGet();
    Instant last = lastLine.get();
    Instant now = clock.instant();
    // The one atomic step: of all threads that find a line due, one writes it.
    return isDue(last, now) && lastLine.compareAndSet(last, now) ? untold.getAndSet(0) : 0;
  }

  // Both ways: a clock that was set back must not silence anybody until it has caught up.
  private static boolean isDue(@Nullable Instant last, Instant now) {
    return last == null || Duration.between(last, now).abs().compareTo(INTERVAL) >= 0;
  }
}
