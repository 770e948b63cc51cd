package org.typedsession;

import java.time.Duration;
import java.util.Optional;

/**
 * How long sessions live, and how their races are settled.
 *
 * @param timeToLive how long a session lives unused, from its creation or last renewal; empty: for
 *     ever
 * @param renewal what using a session does to its expiry
 * @param absoluteLifetime how long a session lives at most, from its creation; neither rotation nor
 *     renewal extends it; empty: for ever
 * @param maximumReruns how often the updates of a request are run again on fresh data before it
 *     gives up with a conflict; 0 or more
 * @param recent how long after its death a replaced id is taken for a request that was overtaken,
 *     and answered with a conflict if it writes; later it is a replay; zero or more
 * @param endReplayed whether a replay ends the session, rather than only being reported
 * @param persistentCookie whether the client keeps the cookie when it is closed, so that a renewal
 *     has to send it again
 */
public record SessionPolicy(
    Optional<Duration> timeToLive,
    SessionRenewalStrategy renewal,
    Optional<Duration> absoluteLifetime,
    int maximumReruns,
    Duration recent,
    boolean endReplayed,
    boolean persistentCookie) {

  /** 30 minutes, renewed below 20, 12 hours at most; 16 re-runs; 30 seconds recent. */
  public static final SessionPolicy DEFAULT =
      new SessionPolicy(
          Optional.of(Duration.ofMinutes(30)),
          new SessionRenewalStrategy.Automatic(Duration.ofMinutes(30), Duration.ofMinutes(20)),
          Optional.of(Duration.ofHours(12)),
          16,
          Duration.ofSeconds(30),
          false,
          false);

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public SessionPolicy {
    requirePositive("timeToLive", timeToLive);
    requirePositive("absoluteLifetime", absoluteLifetime);
    if (maximumReruns < 0) {
      throw new IllegalArgumentException("maximumReruns must be 0 or more, was " + maximumReruns);
    }
    if (recent.isNegative()) {
      throw new IllegalArgumentException("recent must be zero or more, was " + recent);
    }
  }

  private static void requirePositive(String name, Optional<Duration> duration) {
    duration
        .filter(value -> value.isNegative() || value.isZero())
        .ifPresent(
            value -> {
              throw new IllegalArgumentException(name + " must be positive, was " + value);
            });
  }
}
