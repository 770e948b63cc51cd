package org.typedsession.spi;

import java.time.Duration;
import org.typedsession.SessionConflictException;

/** In how many seconds a refused request is worth sending again: what {@code Retry-After} says. */
public final class RetryAfter {
  /** Of a store that cannot answer, which does not know how long that will last. */
  public static final int UNAVAILABLE = 5;

  private RetryAfter() {}

  /** Of a lost race. Rounded up, since who comes too early is refused again; 1 at the least. */
  public static int seconds(SessionConflictException conflict) {
    Duration span = conflict.retryAfter();
    long seconds = span.plusSeconds(1).minusNanos(1).toSeconds();
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, seconds));
  }
}
