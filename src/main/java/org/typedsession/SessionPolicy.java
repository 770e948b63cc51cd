package org.typedsession;

import java.time.Duration;
import java.util.Optional;

/**
 * How long sessions live, and how their races are settled.
 *
 * @param timeToLive how long a session lives from its creation or last renewal; empty: for ever.
 *     Not every use renews, so that an unused one lives between the {@code renewBelow} of {@code
 *     renewal} and this
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
 * @param limit how many sessions a principal may have at once; empty: any number
 */
public record SessionPolicy(
    Optional<Duration> timeToLive,
    SessionRenewalStrategy renewal,
    Optional<Duration> absoluteLifetime,
    int maximumReruns,
    Duration recent,
    boolean endReplayed,
    boolean persistentCookie,
    Optional<SessionLimit> limit) {

  // Beyond it, moments no longer fit what stores keep them in.
  static final Duration LONGEST = Duration.ofDays(36_500);

  /** 30 minutes, renewed below 20, 12 hours at most; 16 re-runs; 30 seconds recent. */
  public static final SessionPolicy DEFAULT =
      new SessionPolicy(
          Optional.of(Duration.ofMinutes(30)),
          new SessionRenewalStrategy.Automatic(Duration.ofMinutes(30), Duration.ofMinutes(20)),
          Optional.of(Duration.ofHours(12)),
          16,
          Duration.ofSeconds(30),
          false,
          false,
          Optional.empty());

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public SessionPolicy {
    requirePositive("timeToLive", timeToLive);
    requirePositive("absoluteLifetime", absoluteLifetime);
    if (maximumReruns < 0) {
      throw new IllegalArgumentException("maximumReruns must be 0 or more, was " + maximumReruns);
    }
    if (recent.isNegative() || recent.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "recent must be zero or more, and at most 100 years, was " + recent);
    }
  }

  /**
   * A policy without a limit on the sessions of a principal.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public SessionPolicy(
      Optional<Duration> timeToLive,
      SessionRenewalStrategy renewal,
      Optional<Duration> absoluteLifetime,
      int maximumReruns,
      Duration recent,
      boolean endReplayed,
      boolean persistentCookie) {
    this(
        timeToLive,
        renewal,
        absoluteLifetime,
        maximumReruns,
        recent,
        endReplayed,
        persistentCookie,
        Optional.empty());
  }

  /** How a session is renewed for which the application has asked for a time to live. */
  SessionRenewalStrategy renewalOf(Duration asked) {
    if (!(renewal instanceof SessionRenewalStrategy.Automatic automatic)) {
      return renewal;
    }
    // As often in its life as others.
    double share =
        (double) automatic.renewBelow().toMillis() / Math.max(1, automatic.timeToLive().toMillis());
    long millis = Math.max(1, asked.toMillis());
    long below = Math.min(millis, Math.max(1, Math.round(millis * share)));
    return new SessionRenewalStrategy.Automatic(
        Duration.ofMillis(millis), Duration.ofMillis(below));
  }

  private static void requirePositive(String name, Optional<Duration> duration) {
    duration
        .filter(value -> value.isNegative() || value.isZero() || value.compareTo(LONGEST) > 0)
        .ifPresent(
            value -> {
              throw new IllegalArgumentException(
                  name + " must be positive and at most 100 years, was " + value);
            });
  }

  /**
   * This policy with another time to live. Renewal, where it is automatic, then happens below two
   * thirds of it; sessions that do not expire are not renewed.
   */
  public SessionPolicy withTimeToLive(Optional<Duration> newTimeToLive) {
    requirePositive("timeToLive", newTimeToLive);
    SessionRenewalStrategy newRenewal =
        renewal instanceof SessionRenewalStrategy.Automatic && newTimeToLive.isPresent()
            ? new SessionRenewalStrategy.Automatic(
                newTimeToLive.get(), newTimeToLive.get().multipliedBy(2).dividedBy(3))
            : SessionRenewalStrategy.Ignore.INSTANCE;
    return new SessionPolicy(
        newTimeToLive,
        newRenewal,
        absoluteLifetime,
        maximumReruns,
        recent,
        endReplayed,
        persistentCookie,
        limit);
  }

  /** This policy with another renewal. */
  public SessionPolicy withRenewal(SessionRenewalStrategy newRenewal) {
    return new SessionPolicy(
        timeToLive,
        newRenewal,
        absoluteLifetime,
        maximumReruns,
        recent,
        endReplayed,
        persistentCookie,
        limit);
  }

  /** This policy with another absolute lifetime. */
  public SessionPolicy withAbsoluteLifetime(Optional<Duration> newAbsoluteLifetime) {
    return new SessionPolicy(
        timeToLive,
        renewal,
        newAbsoluteLifetime,
        maximumReruns,
        recent,
        endReplayed,
        persistentCookie,
        limit);
  }

  /** This policy with another number of re-runs. */
  public SessionPolicy withMaximumReruns(int newMaximumReruns) {
    return new SessionPolicy(
        timeToLive,
        renewal,
        absoluteLifetime,
        newMaximumReruns,
        recent,
        endReplayed,
        persistentCookie,
        limit);
  }

  /** This policy with another time in which a replaced id is recent. */
  public SessionPolicy withRecent(Duration newRecent) {
    return new SessionPolicy(
        timeToLive,
        renewal,
        absoluteLifetime,
        maximumReruns,
        newRecent,
        endReplayed,
        persistentCookie,
        limit);
  }

  /** This policy with another answer to a replay. */
  public SessionPolicy withEndReplayed(boolean newEndReplayed) {
    return new SessionPolicy(
        timeToLive,
        renewal,
        absoluteLifetime,
        maximumReruns,
        recent,
        newEndReplayed,
        persistentCookie,
        limit);
  }

  /** This policy with a cookie that survives the browser, or one that does not. */
  public SessionPolicy withPersistentCookie(boolean newPersistentCookie) {
    return new SessionPolicy(
        timeToLive,
        renewal,
        absoluteLifetime,
        maximumReruns,
        recent,
        endReplayed,
        newPersistentCookie,
        limit);
  }

  /** This policy with another limit on the sessions of a principal. */
  public SessionPolicy withLimit(Optional<SessionLimit> newLimit) {
    return new SessionPolicy(
        timeToLive,
        renewal,
        absoluteLifetime,
        maximumReruns,
        recent,
        endReplayed,
        persistentCookie,
        newLimit);
  }
}
