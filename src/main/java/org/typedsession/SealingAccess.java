package org.typedsession;

import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/**
 * Encodes data before a connector sees it, and seals it if that is wanted. Reads either, so that
 * sealing may be turned on and off while sessions live and nodes differ.
 */
final class SealingAccess<D> implements SessionAccess<D> {
  private final SessionStoreConnector<byte[]> connector;
  private final SessionCodec<D> codec;
  private final Seal seal;
  private final boolean sealed;

  /** What the connector gave for a live session: the token of what is made of it. */
  private record Version(SessionLookup.Live<byte[]> live) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Version that && live.version().equals(that.live.version());
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
  }

  /**
   * @param sealed whether what is written is sealed
   */
  SealingAccess(
      SessionStoreConnector<byte[]> connector, SessionCodec<D> codec, Seal seal, boolean sealed) {
    this.connector = connector;
    this.codec = codec;
    this.seal = seal;
    this.sealed = sealed;
  }

  @Override
  public SessionRecord<D> begin(SessionExpiry expiry, D data) {
    return connector.newSession(expiry, new byte[0]).withData(data);
  }

  @Override
  public WriteSessionResult<D> create(SessionCookieValue cookieValue, SessionRecord<D> session) {
    byte[] bytes = closed(cookieValue, session.handle(), codec.encode(session.data()));
    return result(session, connector.createSession(cookieValue.id(), session.withData(bytes)));
  }

  private byte[] closed(SessionCookieValue cookieValue, SessionHandle handle, byte[] data) {
    if (sealed) {
      return seal.close(cookieValue, handle, data);
    }
    if (Seal.isSealed(data)) {
      throw new SessionCodecException(
          "the codec %s began with a zero byte, by which sealed data is known"
              .formatted(codec.id()),
          null);
    }
    return data;
  }

  private byte[] opened(SessionCookieValue cookieValue, SessionHandle handle, byte[] stored) {
    return Seal.isSealed(stored) ? seal.open(cookieValue, handle, stored) : stored;
  }

  private static <D> WriteSessionResult<D> result(
      SessionRecord<D> session, WriteSessionResult<byte[]> result) {
    if (result instanceof WriteSessionResult.Written<byte[]> written) {
      return new WriteSessionResult.Written<>(
          new SessionLookup.Live<>(session, new Version(written.stored())));
    }
    return result instanceof WriteSessionResult.IdExists
        ? new WriteSessionResult.IdExists<>()
        : new WriteSessionResult.Conflict<>();
  }

  @Override
  public SessionLookup<D> lookUp(SessionCookieValue cookieValue) {
    SessionLookup<byte[]> found = connector.lookUpSession(cookieValue.id());
    if (found instanceof SessionLookup.Live<byte[]> live) {
      return decoded(cookieValue, live);
    }
    if (found instanceof SessionLookup.Moved<byte[]> moved) {
      return new SessionLookup.Moved<>(moved.handle(), moved.movedAt());
    }
    if (found instanceof SessionLookup.Undecodable<byte[]> undecodable) {
      return new SessionLookup.Undecodable<>(undecodable.handle(), undecodable.cause());
    }
    return found instanceof SessionLookup.Ended<byte[]> ended
        ? new SessionLookup.Ended<>(ended.handle())
        : new SessionLookup.Unknown<>();
  }

  private SessionLookup<D> decoded(
      SessionCookieValue cookieValue, SessionLookup.Live<byte[]> live) {
    SessionRecord<byte[]> session = live.session();
    try {
      D data = codec.decode(opened(cookieValue, session.handle(), session.data()));
      return new SessionLookup.Live<>(session.withData(data), new Version(live));
    } catch (SessionCodecException e) {
      return new SessionLookup.Undecodable<>(session.handle(), e);
    }
  }

  @Override
  public WriteSessionResult<D> update(
      SessionCookieValue current,
      SessionCookieValue previous,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session) {
    SessionLookup.Live<byte[]> live = live(expected);
    byte[] bytes = bytes(current, previous, expected, session);
    return result(
        session,
        connector.updateSession(current.id(), previous.id(), live, session.withData(bytes)));
  }

  @Override
  public WriteSessionResult<D> write(
      SessionCookieValue cookieValue, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    SessionLookup.Live<byte[]> live = live(expected);
    byte[] bytes = bytes(cookieValue, cookieValue, expected, session);
    return result(session, connector.writeSession(cookieValue.id(), live, session.withData(bytes)));
  }

  /** What is to be stored under {@code current} in place of what is under {@code previous}. */
  private byte[] bytes(
      SessionCookieValue current,
      SessionCookieValue previous,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session) {
    if (session.data() != expected.session().data()) {
      return closed(current, session.handle(), codec.encode(session.data()));
    }
    // Data that nobody changed is not encoded again: the version of the application that wrote it
    // may know more of it than this one, which only renews the session or its id.
    byte[] stored = live(expected).session().data();
    boolean sameId = current.equals(previous);
    return Seal.isSealed(stored) == sealed && (sameId || !sealed)
        ? stored
        : closed(current, session.handle(), opened(previous, session.handle(), stored));
  }

  private static SessionLookup.Live<byte[]> live(SessionLookup.Live<?> expected) {
    if (expected.version() instanceof Version version) {
      return version.live;
    }
    throw new IllegalArgumentException("that version is of another store");
  }
}
