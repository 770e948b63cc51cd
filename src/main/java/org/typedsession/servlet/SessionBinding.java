package org.typedsession.servlet;

import org.typedsession.core.DefaultSessionStore;

/**
 * One type of session that the filter serves.
 *
 * @param store opens and stores the sessions
 * @param cookie how the client holds its secret
 * @param <D> the session data
 */
public record SessionBinding<D>(DefaultSessionStore<D> store, SessionCookieSettings cookie) {
  /** That of the store, since each request looks its sessions up by this. */
  @Override
  public int hashCode() {
    return store.hashCode();
  }
}
