package org.typedsession.core;

import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/**
 * Hands a connector the bytes of data, sealed if that is wanted. Reads either, so that sealing may
 * be turned on and off while sessions live and nodes differ.
 */
final class SealingAccess<D> implements SessionAccess<D> {
  private final SessionStoreConnector<byte[]> connector;
  private final SessionCodec<D> codec;
  private final Seal seal;
  private final boolean sealed;

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
  public WriteSessionResult<D> create(
      SessionCookieValue cookieValue, SessionRecord<D> session, byte[] encoded) {
    byte[] bytes = closed(cookieValue, session.handle(), encoded);
    return result(
        session, connector.createSession(cookieValue.id(), session.withData(bytes)), encoded);
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
      SessionRecord<D> session, WriteSessionResult<byte[]> result, byte[] encoded) {
    if (result instanceof WriteSessionResult.Written<byte[]> written) {
      return new WriteSessionResult.Written<>(
          new SessionLookup.Live<>(session, new Version<>(written.stored(), encoded)));
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
      return new SessionLookup.Moved<>(moved.handle(), moved.movedAt(), moved.handover());
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
      byte[] encoded = opened(cookieValue, session.handle(), session.data());
      // A copy, because a codec of the application may keep what it is given and let it be altered,
      // and what is stored is known by these bytes.
      D data = codec.decode(encoded.clone());
      return new SessionLookup.Live<>(session.withData(data), new Version<>(live, encoded));
    } catch (SessionCodecException e) {
      return new SessionLookup.Undecodable<>(session.handle(), e);
    }
  }

  @Override
  public byte[] encoded(SessionLookup.Live<D> live) {
    return Version.of(live).encoded();
  }

  @Override
  public boolean mayRotate(SessionLookup.Live<D> live) {
    return connector.mayRotate(live(live));
  }

  @Override
  public WriteSessionResult<D> update(
      SessionCookieValue current,
      SessionCookieValue previous,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      byte @Nullable [] encoded,
      Handover handover) {
    byte[] bytes = bytes(current, previous, expected, encoded);
    return result(
        session,
        connector.remapSession(
            current.id(), previous.id(), live(expected), session.withData(bytes), handover),
        encoded == null ? encoded(expected) : encoded);
  }

  @Override
  public WriteSessionResult<D> write(
      SessionCookieValue cookieValue,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      byte @Nullable [] encoded) {
    byte[] bytes = bytes(cookieValue, cookieValue, expected, encoded);
    return result(
        session,
        connector.writeSession(cookieValue.id(), live(expected), session.withData(bytes)),
        encoded == null ? encoded(expected) : encoded);
  }

  /** What is to be stored under {@code current} in place of what is under {@code previous}. */
  private byte[] bytes(
      SessionCookieValue current,
      SessionCookieValue previous,
      SessionLookup.Live<D> expected,
      byte @Nullable [] encoded) {
    SessionHandle handle = expected.session().handle();
    if (encoded != null) {
      return closed(current, handle, encoded);
    }
    // Data that nobody changed is not encoded again: the version of the application that wrote it
    // may know more of it than this one, which only renews the session or its id.
    byte[] stored = live(expected).session().data();
    boolean sameId = current.equals(previous);
    return Seal.isSealed(stored) == sealed && (sameId || !sealed)
        ? stored
        : closed(current, handle, encoded(expected));
  }

  @SuppressWarnings("unchecked") // A version is of the connector's own type.
  private static SessionLookup.Live<byte[]> live(SessionLookup.Live<?> expected) {
    return (SessionLookup.Live<byte[]>) Version.of(expected).live();
  }
}
