package org.typedsession.servlet;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
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
  private @Nullable Cookie written;

  BoundSession(SessionBinding<D> binding, OpenSession<D> session) {
    this.binding = binding;
    this.session = session;
  }

  OpenSession<D> session() {
    return session;
  }

  boolean wantsCookie() {
    return written == null && session.wantsCookie();
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
      // Sealed by now, so that this only tells what earlier saves have left to do.
      command = session.complete();
      throw e;
    }
  }

  /** Whether all that is left to do is to take a cookie away that opens nothing any more. */
  boolean isRemoval() {
    return command instanceof SessionCookieCommand.Delete;
  }

  boolean isCookieDue() {
    return written == null && !(command instanceof SessionCookieCommand.DoNothing);
  }

  void writeCookie(HttpServletResponse response) {
    Cookie cookie =
        command instanceof SessionCookieCommand.Set set
            ? SessionCookieWriter.set(
                binding.cookie(), set.cookieValue().reveal(), session.timeToLive())
            : SessionCookieWriter.removal(binding.cookie());
    response.addCookie(cookie);
    written = cookie;
  }

  /** Sets the cookie once more that was set before, where the container has dropped it. */
  void restoreCookie(HttpServletResponse response) {
    if (written != null) {
      SessionCookieWriter.restore(response, written);
    }
  }
}
