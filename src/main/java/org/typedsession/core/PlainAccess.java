package org.typedsession.core;

import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionExpiry;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/**
 * A connector that encodes the data itself, and does not tell as what. So what it gives is encoded
 * once more before anybody can alter it, to tell later whether it was changed.
 */
final class PlainAccess<D> implements SessionAccess<D> {
  private final SessionStoreConnector<D> connector;
  private final SessionCodec<D> codec;

  PlainAccess(SessionStoreConnector<D> connector, SessionCodec<D> codec) {
    this.connector = connector;
    this.codec = codec;
  }

  @Override
  public SessionRecord<D> begin(SessionExpiry expiry, D data) {
    return connector.newSession(expiry, data);
  }

  @Override
  public WriteSessionResult<D> create(
      SessionCookieValue cookieValue, SessionRecord<D> session, byte[] encoded) {
    return result(connector.createSession(cookieValue.id(), session), encoded);
  }

  @Override
  public SessionLookup<D> lookUp(SessionCookieValue cookieValue) {
    SessionLookup<D> found = connector.lookUpSession(cookieValue.id());
    if (!(found instanceof SessionLookup.Live<D> live)) {
      return found;
    }
    try {
      return versioned(live, codec.encode(live.session().data()));
    } catch (SessionCodecException e) {
      return new SessionLookup.Undecodable<>(live.session().handle(), e);
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
    return result(
        connector.remapSession(
            current.id(),
            previous.id(),
            live(expected),
            changed(expected, session, encoded),
            handover),
        encoded == null ? encoded(expected) : encoded);
  }

  @Override
  public WriteSessionResult<D> write(
      SessionCookieValue cookieValue,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      byte @Nullable [] encoded) {
    return result(
        connector.writeSession(
            cookieValue.id(), live(expected), changed(expected, session, encoded)),
        encoded == null ? encoded(expected) : encoded);
  }

  // A connector takes the object that it gave for data that nobody changed, but it may have been
  // altered in place.
  private SessionRecord<D> changed(
      SessionLookup.Live<D> expected, SessionRecord<D> session, byte @Nullable [] encoded) {
    return encoded != null && session.data() == expected.session().data()
        ? session.withData(codec.decode(encoded))
        : session;
  }

  private static <D> WriteSessionResult<D> result(WriteSessionResult<D> result, byte[] encoded) {
    return result instanceof WriteSessionResult.Written<D> written
        ? new WriteSessionResult.Written<>(versioned(written.stored(), encoded))
        : result;
  }

  private static <D> SessionLookup.Live<D> versioned(SessionLookup.Live<D> live, byte[] encoded) {
    return new SessionLookup.Live<>(live.session(), new Version<>(live, encoded));
  }

  @SuppressWarnings("unchecked") // A version is of the connector's own type.
  private SessionLookup.Live<D> live(SessionLookup.Live<D> expected) {
    return (SessionLookup.Live<D>) Version.of(expected).live();
  }
}
