package org.typedsession;

import java.time.Duration;

/** What using a session does to its expiry. */
public sealed interface SessionRenewalStrategy {
  /** Using a session leaves its expiry alone; only the application moves it. */
  enum Ignore implements SessionRenewalStrategy {
    /** The one value. */
    INSTANCE
  }

  /**
   * Using a session when less than {@code renewBelow} remains gives it {@code timeToLive} from now.
   *
   * <p>The distance between the two is how rarely a request that only reads has to write.
   *
   * @param timeToLive what a renewed session has left; positive
   * @param renewBelow below which rest a session is renewed; positive, at most {@code timeToLive}
   */
  record Automatic(Duration timeToLive, Duration renewBelow) implements SessionRenewalStrategy {
    /**
     * @throws IllegalArgumentException if one is not positive, or {@code renewBelow} is the longer
     */
    public Automatic {
      if (timeToLive.isNegative() || timeToLive.isZero()) {
        throw new IllegalArgumentException("timeToLive must be positive, was " + timeToLive);
      }
      if (renewBelow.isNegative() || renewBelow.isZero() || renewBelow.compareTo(timeToLive) > 0) {
        throw new IllegalArgumentException(
            "renewBelow must be positive and at most timeToLive (%s), was %s"
                .formatted(timeToLive, renewBelow));
      }
    }
  }
}
