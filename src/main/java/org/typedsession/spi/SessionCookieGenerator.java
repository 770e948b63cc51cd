package org.typedsession.spi;

import org.typedsession.SessionCookieValue;

/** Where the clients' secrets come from. Safe for use by many threads. */
@FunctionalInterface
public interface SessionCookieGenerator {
  /**
   * Draws a new secret.
   *
   * @param placement chooses the nonce in front of the secret
   * @return a value that nobody can guess and that was never given before
   */
  SessionCookieValue next(Placement placement);
}
