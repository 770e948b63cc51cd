package org.typedsession;

import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;

/** What the store holds for a client, as far as its request knows. */
sealed interface Origin<D> {
  /** Nothing that this client could reach. */
  record Absent<D>() implements Origin<D> {}

  /**
   * The client came with an id that was replaced.
   *
   * @param recent so short a time ago that its request was most likely overtaken by another
   */
  record Dead<D>(SessionHandle handle, SessionId id, boolean recent) implements Origin<D> {}

  /** A live session, as last read or written. */
  record Stored<D>(SessionCookieValue cookieValue, SessionLookup.Live<D> live)
      implements Origin<D> {}
}
