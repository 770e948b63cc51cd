package org.typedsession;

import java.time.Instant;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;

/** What the store holds for a client, as far as its request knows. */
sealed interface Origin<D> {
  /** Nothing that this client could reach. */
  record Absent<D>() implements Origin<D> {}

  /**
   * The client came with an id that was replaced.
   *
   * @param movedAt when it was
   * @param overtaken whether that is so short a time ago that the request was most likely under way
   * @param handover what the remap left for it
   */
  record Dead<D>(
      SessionHandle handle,
      SessionCookieValue cookieValue,
      Instant movedAt,
      boolean overtaken,
      Handover handover)
      implements Origin<D> {
    SessionId id() {
      return cookieValue.id();
    }
  }

  /** A live session, as last read or written. */
  record Stored<D>(SessionCookieValue cookieValue, SessionLookup.Live<D> live)
      implements Origin<D> {}
}
