package org.typedsession;

import java.time.Duration;
import java.util.Optional;

/**
 * How long sessions live, and how their races end.
 *
 * <p>Later versions may add components: {@link #builder()} keeps compiling then, the constructor
 * does not.
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

  /** Begins with {@link #DEFAULT}. */
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /** Begins with these values. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Sets the components of a {@link SessionPolicy} by name, in any order; what is not set stays as
   * it was. Values are judged by {@link #build}.
   *
   * <p>Not safe for use by many threads.
   */
  public static final class Builder {
    private Optional<Duration> timeToLive;
    private SessionRenewalStrategy renewal;
    private Optional<Duration> absoluteLifetime;
    private int maximumReruns;
    private Duration overtaken;
    private Duration replayAfter;
    private boolean endReplayed;
    private boolean persistentCookie;
    private Optional<SessionLimit> limit;
    private boolean isTimeToLiveSet;
    private boolean isRenewalSet;
    private boolean isReplayAfterSet;

    private Builder(SessionPolicy from) {
      timeToLive = from.timeToLive;
      renewal = from.renewal;
      absoluteLifetime = from.absoluteLifetime;
      maximumReruns = from.maximumReruns;
      overtaken = from.overtaken;
      replayAfter = from.replayAfter;
      endReplayed = from.endReplayed;
      persistentCookie = from.persistentCookie;
      limit = from.limit;
    }

    /**
     * Sets how long a session lives from its creation or last renewal. Unless {@link #renewal} is
     * set as well, automatic renewal then happens below two thirds of it.
     */
    public Builder timeToLive(Duration timeToLive) {
      return timeToLive(Optional.of(timeToLive));
    }

    /** Sets the time to live, or lets sessions live for ever, which are not renewed then. */
    public Builder timeToLive(Optional<Duration> timeToLive) {
      this.timeToLive = timeToLive;
      isTimeToLiveSet = true;
      return this;
    }

    /** Sets what using a session does to its expiry. */
    public Builder renewal(SessionRenewalStrategy renewal) {
      this.renewal = renewal;
      isRenewalSet = true;
      return this;
    }

    /** Sets how long a session lives at most. */
    public Builder absoluteLifetime(Duration absoluteLifetime) {
      return absoluteLifetime(Optional.of(absoluteLifetime));
    }

    /** Sets how long a session lives at most, or takes it away. */
    public Builder absoluteLifetime(Optional<Duration> absoluteLifetime) {
      this.absoluteLifetime = absoluteLifetime;
      return this;
    }

    /** Sets how often the updates of a request are run again. */
    public Builder maximumReruns(int maximumReruns) {
      this.maximumReruns = maximumReruns;
      return this;
    }

    /**
     * Sets how long a request with a replaced id is overtaken. Unless {@link #replayAfter} is set
     * as well, a replay begins no sooner than that ends.
     */
    public Builder overtaken(Duration overtaken) {
      this.overtaken = overtaken;
      return this;
    }

    /** Sets how long after its death a replaced id is a replay. */
    public Builder replayAfter(Duration replayAfter) {
      this.replayAfter = replayAfter;
      isReplayAfterSet = true;
      return this;
    }

    /** Sets whether a replay ends the session. */
    public Builder endReplayed(boolean endReplayed) {
      this.endReplayed = endReplayed;
      return this;
    }

    /** Sets whether the client keeps the cookie when it is closed. */
    public Builder persistentCookie(boolean persistentCookie) {
      this.persistentCookie = persistentCookie;
      return this;
    }

    /** Sets how many sessions a principal may have at once. */
    public Builder limit(SessionLimit limit) {
      return limit(Optional.of(limit));
    }

    /** Sets how many sessions a principal may have at once, or takes it away. */
    public Builder limit(Optional<SessionLimit> limit) {
      this.limit = limit;
      return this;
    }

    private SessionRenewalStrategy suitedRenewal() {
      if (isRenewalSet || !isTimeToLiveSet) {
        return renewal;
      }
      requirePositive("timeToLive", timeToLive);
      return renewal instanceof SessionRenewalStrategy.Automatic && timeToLive.isPresent()
          ? new SessionRenewalStrategy.Automatic(
              timeToLive.get(), timeToLive.get().multipliedBy(2).dividedBy(3))
          : SessionRenewalStrategy.Ignore.INSTANCE;
    }

    private Duration suitedReplayAfter() {
      return !isReplayAfterSet && overtaken.compareTo(replayAfter) > 0 ? overtaken : replayAfter;
    }

    /**
     * The values as they are set now.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public SessionPolicy build() {
      return new SessionPolicy(
          timeToLive,
          suitedRenewal(),
          absoluteLifetime,
          maximumReruns,
          overtaken,
          suitedReplayAfter(),
          endReplayed,
          persistentCookie,
          limit);
    }
  }
}
