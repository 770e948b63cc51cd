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
 * @param overtaken how long after its death a replaced id is taken for that of a request that was
 *     under way: it finds no session, its writes are conflicts unless they are the same login
 *     again, and the client's cookie is left alone. Later the client has lost an answer and may
 *     begin a new session; zero or more
 * @param replayAfter how long after its death a replaced id is a replay, which is reported; not
 *     less than {@code overtaken}, and longer than clocks of nodes differ
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
    Duration overtaken,
    Duration replayAfter,
    boolean endReplayed,
    boolean persistentCookie,
    Optional<SessionLimit> limit) {

  /** The longest time span there can be: beyond it, moments no longer fit what stores keep. */
  public static final Duration LONGEST = Duration.ofDays(36_500);

  /** 30 minutes, renewed below 20, 12 hours at most; 16 re-runs; 3 seconds, then 1 minute. */
  public static final SessionPolicy DEFAULT =
      new SessionPolicy(
          Optional.of(Duration.ofMinutes(30)),
          new SessionRenewalStrategy.Automatic(Duration.ofMinutes(30), Duration.ofMinutes(20)),
          Optional.of(Duration.ofHours(12)),
          16,
          Duration.ofSeconds(3),
          Duration.ofMinutes(1),
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
    requireNotNegative("overtaken", overtaken);
    requireNotNegative("replayAfter", replayAfter);
    if (replayAfter.compareTo(overtaken) < 0) {
      throw new IllegalArgumentException(
          "replay-after must not be less than overtaken, %s, was %s"
              .formatted(overtaken, replayAfter));
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
      Duration overtaken,
      Duration replayAfter,
      boolean endReplayed,
      boolean persistentCookie) {
    this(
        timeToLive,
        renewal,
        absoluteLifetime,
        maximumReruns,
        overtaken,
        replayAfter,
        endReplayed,
        persistentCookie,
        Optional.empty());
  }

  /**
   * How a session is renewed for which the application has asked for a time to live.
   *
   * @param asked the time to live, positive and not above {@link #LONGEST}
   */
  public SessionRenewalStrategy renewalOf(Duration asked) {
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

  private static void requireNotNegative(String name, Duration duration) {
    if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " must be zero or more, and at most 100 years, was " + duration);
    }
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
        overtaken,
        replayAfter,
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
        overtaken,
        replayAfter,
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
        overtaken,
        replayAfter,
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
        overtaken,
        replayAfter,
        endReplayed,
        persistentCookie,
        limit);
  }

  /**
   * This policy with another time in which requests are overtaken. A replay begins no sooner than
   * it ends.
   */
  public SessionPolicy withOvertaken(Duration newOvertaken) {
    return new SessionPolicy(
        timeToLive,
        renewal,
        absoluteLifetime,
        maximumReruns,
        newOvertaken,
        newOvertaken.compareTo(replayAfter) > 0 ? newOvertaken : replayAfter,
        endReplayed,
        persistentCookie,
        limit);
  }

  /** This policy with another time after which a replaced id is a replay. */
  public SessionPolicy withReplayAfter(Duration newReplayAfter) {
    return new SessionPolicy(
        timeToLive,
        renewal,
        absoluteLifetime,
        maximumReruns,
        overtaken,
        newReplayAfter,
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
        overtaken,
        replayAfter,
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
        overtaken,
        replayAfter,
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
        overtaken,
        replayAfter,
        endReplayed,
        persistentCookie,
        newLimit);
  }
}
