package org.typedsession;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The moment from which a session is unusable, or the absence of one. */
public sealed interface SessionExpiry {
  /** Expires at {@code instant}: unusable when {@code now >= instant}. */
  record At(Instant instant) implements SessionExpiry {}

  /** Does not expire. */
  enum Never implements SessionExpiry {
    /** The one value. */
    INSTANCE
  }

  /** An expiry at {@code instant}. */
  static SessionExpiry at(Instant instant) {
    return new At(instant);
  }

  /** No expiry. */
  static SessionExpiry never() {
    return Never.INSTANCE;
  }

  /**
   * The expiry {@code timeToLive} after {@code now}; without a time to live there is none.
   *
   * @param timeToLive how long to live from {@code now}
   */
  static SessionExpiry in(Optional<Duration> timeToLive, Instant now) {
    return timeToLive.map(duration -> at(now.plus(duration))).orElse(never());
  }

  /** Whether a session with this expiry is unusable at {@code now}. */
  default boolean isExpired(Instant now) {
    return this instanceof At at && !now.isBefore(at.instant);
  }

  /** What remains at {@code now}, never negative; empty if this never expires. */
  default Optional<Duration> remaining(Instant now) {
    return this instanceof At at
        ? Optional.of(isExpired(now) ? Duration.ZERO : Duration.between(now, at.instant))
        : Optional.empty();
  }

  /** The earlier of the two. */
  default SessionExpiry earlier(SessionExpiry other) {
    if (this instanceof At mine && other instanceof At theirs) {
      return mine.instant.isBefore(theirs.instant) ? this : other;
    }
    return this instanceof At ? this : other;
  }
}
