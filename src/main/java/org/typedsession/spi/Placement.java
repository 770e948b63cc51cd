package org.typedsession.spi;

import org.typedsession.SessionCookieValue;

/**
 * Chooses the placement nonce of a new session id, and by it where the store keeps the session. It
 * is told the hash of the secret and never the secret. Safe for use by many threads.
 */
@FunctionalInterface
public interface Placement {
  /** Of a store to which all places are the same. */
  Placement ANYWHERE = (hash, first) -> first;

  /**
   * Chooses one of the {@link SessionCookieValue#NONCES} nonces.
   *
   * @param hash of the secret: 64 lower-case hexadecimal digits
   * @param first the number of a random nonce, at which a search begins and which is the answer if
   *     it finds none: so a nonce says at most where the session is kept
   * @return the number of a nonce, from 0 to {@link SessionCookieValue#NONCES} - 1
   */
  int nonce(String hash, int first);
}
