package org.typedsession.core;

import java.time.Instant;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionLookup;

/** What the store holds for a client, as far as its request knows. */
sealed interface LoadedSession<D> {
  /** Nothing that this client could reach. */
  record None<D>() implements LoadedSession<D> {}

  /**
   * The client came with an id that was replaced.
   *
   * @param movedAt when it was
   * @param overtaken whether that is so short a time ago that the request was most likely under way
   * @param handover what the remap left for it
   */
  record Replaced<D>(
      SessionHandle handle,
      SessionCookieValue cookieValue,
      Instant movedAt,
      boolean overtaken,
      Handover handover)
      implements LoadedSession<D> {
    SessionId id() {
      return cookieValue.id();
    }
  }

  /** A live session, as last read or written. */
  record Live<D>(SessionCookieValue cookieValue, SessionLookup.Live<D> live)
      implements LoadedSession<D> {}
}
