package org.typedsession.it.client.load;

import java.util.Optional;

/**
 * A session cookie that a browser was given.
 *
 * @param header what it sends back: a secret, and never shown
 * @param id the name of the session id that goes with it
 * @param session whose it is
 * @param user who was logged in when it was given; stays the same as long as the id
 */
record HeldCookie(String header, String id, VisitedSession session, Optional<String> user) {
  /** Without the secret. */
  @Override
  public String toString() {
    return "HeldCookie[" + id + "]";
  }
}
