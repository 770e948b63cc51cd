package org.typedsession.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * The cookies of a request's sessions, as they come.
 *
 * <p>Safe for use by many threads.
 */
final class RequestCookies {
  private final RequestLog log;

  RequestCookies(RequestLog log) {
    this.log = log;
  }

  /** The values of {@code cookie} that the client may be believed to have. */
  List<String> values(SessionCookieSettings cookie, HttpServletRequest request) {
    if (!cookie.attributes().secure() && request.isSecure()) {
      log.insecureCookie(cookie.name());
    }
    // Somebody on the way may have read it, or put it there.
    if (!cookie.counts(request.isSecure())) {
      return List.of();
    }
    return CookieHeader.values(request.getHeaders("Cookie"), cookie.name());
  }
}
