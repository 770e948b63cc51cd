package org.typedsession;

import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/**
 * The operations of a connector that need the data, for whoever holds the cookie value. See there
 * for what they promise; the others do without the data, and go to the connector itself.
 */
interface SessionAccess<D> {
  SessionRecord<D> begin(SessionExpiry expiry, D data);

  WriteSessionResult<D> create(SessionCookieValue cookieValue, SessionRecord<D> session);

  SessionLookup<D> lookUp(SessionCookieValue cookieValue);

  WriteSessionResult<D> update(
      SessionCookieValue current,
      SessionCookieValue previous,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session);

  WriteSessionResult<D> write(
      SessionCookieValue cookieValue, SessionLookup.Live<D> expected, SessionRecord<D> session);

  /** A connector that encodes the data itself. */
  static <D> SessionAccess<D> plain(SessionStoreConnector<D> connector) {
    return new SessionAccess<>() {
      @Override
      public SessionRecord<D> begin(SessionExpiry expiry, D data) {
        return connector.newSession(expiry, data);
      }

      @Override
      public WriteSessionResult<D> create(
          SessionCookieValue cookieValue, SessionRecord<D> session) {
        return connector.createSession(cookieValue.id(), session);
      }

      @Override
      public SessionLookup<D> lookUp(SessionCookieValue cookieValue) {
        return connector.lookUpSession(cookieValue.id());
      }

      @Override
      public WriteSessionResult<D> update(
          SessionCookieValue current,
          SessionCookieValue previous,
          SessionLookup.Live<D> expected,
          SessionRecord<D> session) {
        return connector.updateSession(current.id(), previous.id(), expected, session);
      }

      @Override
      public WriteSessionResult<D> write(
          SessionCookieValue cookieValue,
          SessionLookup.Live<D> expected,
          SessionRecord<D> session) {
        return connector.writeSession(cookieValue.id(), expected, session);
      }
    };
  }
}
