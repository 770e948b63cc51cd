package org.typedsession.servlet;

import jakarta.servlet.http.Cookie;
import java.util.function.Consumer;
import org.typedsession.SessionCookieCommand;
import org.typedsession.spi.OpenSession;

/**
 * A session that a request has asked for, and what becomes of its cookie. Not safe for use by
 * several threads; see {@link RequestSessions}.
 */
final class BoundSession<D> {
  private final SessionBinding<D> binding;
  private final OpenSession<D> session;
  private SessionCookieCommand command = SessionCookieCommand.DoNothing.INSTANCE;
  private boolean cookieTaken;

  BoundSession(SessionBinding<D> binding, OpenSession<D> session) {
    this.binding = binding;
    this.session = session;
  }

  OpenSession<D> session() {
    return session;
  }

  boolean wantsCookie() {
    return !cookieTaken && session.wantsCookie();
  }

  boolean isDeleted() {
    return session.isDeleted();
  }

  void complete() {
    command = session.complete();
  }

  void abandon() {
    try {
      command = session.abandon();
    } catch (RuntimeException e) {
      // Closed by now, so that this only tells what earlier saves have left to do.
      command = session.complete();
      throw e;
    }
  }

  /** Whether all that is left to do is to take a cookie away that opens nothing any more. */
  boolean isRemoval() {
    return command instanceof SessionCookieCommand.Delete;
  }

  boolean isCookieDue() {
    return !cookieTaken && !(command instanceof SessionCookieCommand.DoNothing);
  }

  /**
   * Sets the cookie that is due, which then is no longer.
   *
   * @param response sets it; if it throws, the cookie stays due
   */
  void setCookie(Consumer<Cookie> response) {
    response.accept(
        command instanceof SessionCookieCommand.Set set
            ? SessionCookieMaker.set(
                binding.cookie(), set.cookieValue().reveal(), session.timeToLive())
            : SessionCookieMaker.removal(binding.cookie()));
    cookieTaken = true;
  }
}
