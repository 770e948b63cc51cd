package org.typedsession.core;

import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionExpiry;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.WriteSessionResult;

/**
 * The operations of a connector that need the data, for whoever holds the cookie value. See there
 * for what they promise; the others do without the data, and go to the connector itself.
 */
interface SessionAccess<D> {
  SessionRecord<D> begin(SessionExpiry expiry, D data);

  /**
   * Stores a new session.
   *
   * @param encoded the data of {@code session}, as the codec has written it
   */
  WriteSessionResult<D> create(
      SessionCookieValue cookieValue, SessionRecord<D> session, byte[] encoded);

  SessionLookup<D> lookUp(SessionCookieValue cookieValue);

  /**
   * The data of a session that was looked up or written here, as the codec has written it: what is
   * stored, whatever has become of the object since. Not to be changed.
   */
  byte[] encoded(SessionLookup.Live<D> live);

  /** Whether the connector would give the session a new id. */
  boolean mayRotate(SessionLookup.Live<D> live);

  /**
   * Remaps a session.
   *
   * @param encoded the data of {@code session}, as the codec has written it; null if nobody changed
   *     it, so that it stays as it is stored
   * @param handover what the dead id is to keep
   */
  WriteSessionResult<D> update(
      SessionCookieValue current,
      SessionCookieValue previous,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      byte @Nullable [] encoded,
      Handover handover);

  /**
   * Writes a session in place.
   *
   * @param encoded as of {@link #update}
   */
  WriteSessionResult<D> write(
      SessionCookieValue cookieValue,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      byte @Nullable [] encoded);

  /**
   * The token of a live session with its data as bytes beside it.
   *
   * @param live what the connector gave
   * @param encoded as {@link SessionAccess#encoded} tells
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares the bytes by this record.
  record Version<T>(SessionLookup.Live<T> live, byte[] encoded) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Version<?> that && live.version().equals(that.live.version());
    }

    @Override
    public int hashCode() {
      return live.version().hashCode();
    }

    /** Without the data, which is nobody's business in a log. */
    @Override
    public String toString() {
      return "Version[" + live.session().handle() + "]";
    }

    /** The token of {@code live}. */
    static Version<?> of(SessionLookup.Live<?> live) {
      if (live.version() instanceof Version<?> version) {
        return version;
      }
      throw new IllegalArgumentException("that version is of another store");
    }
  }
}
