package org.typedsession;

/** What storing a session asks of the client's cookie. */
public sealed interface SessionCookieCommand {
  /**
   * Hand the client this secret.
   *
   * @param cookieValue the secret
   * @param expiry until when the server honours it
   */
  record Set(SessionCookieValue cookieValue, SessionExpiry expiry)
      implements SessionCookieCommand {}

  /** Take the cookie away. */
  enum Delete implements SessionCookieCommand {
    /** The one value. */
    INSTANCE
  }

  /** Leave the cookie as it is. */
  enum DoNothing implements SessionCookieCommand {
    /** The one value. */
    INSTANCE
  }
}
