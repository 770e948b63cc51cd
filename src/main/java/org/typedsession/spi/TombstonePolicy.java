package org.typedsession.spi;

import java.time.Duration;
import java.util.Optional;
import org.typedsession.SessionExpiry;

/**
 * How long a back-end tells a dead id from an unknown one.
 *
 * @param ended how long after the end of a session; positive
 * @param absoluteLifetime how long a session can live at most, however often it is renewed; empty
 *     if that is not known or not bounded
 */
public record TombstonePolicy(Duration ended, Optional<Duration> absoluteLifetime) {
  /**
   * @throws IllegalArgumentException if {@code ended} is not positive
   */
  public TombstonePolicy {
    if (ended.isNegative() || ended.isZero()) {
      throw new IllegalArgumentException("endedTombstone must be positive, was " + ended);
    }
  }

  /**
   * Until when a moved id is told: as long as its successor could live, renewals included, so that
   * a logout with an old id reaches the session and a replay is seen. Without a bound on that, as
   * long as the successor lives unless it is renewed.
   */
  public SessionExpiry movedUntil(SessionRecord<?> successor) {
    SessionExpiry unrenewed = successor.expiry();
    if (absoluteLifetime.isEmpty()
        || !(unrenewed instanceof SessionExpiry.At)
        || !(SessionExpiry.in(absoluteLifetime, successor.createdAt())
            instanceof SessionExpiry.At last)) {
      return unrenewed;
    }
    return unrenewed.earlier(last).equals(last) ? unrenewed : last;
  }
}
