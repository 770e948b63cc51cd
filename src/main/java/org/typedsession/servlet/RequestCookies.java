package org.typedsession.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collection;
import java.util.List;

/**
 * The cookies of a request's sessions: as they come, and as they are set, with what has to be said
 * to caches then.
 *
 * <p>Safe for use by many threads, but for the sessions that it is handed.
 */
final class RequestCookies {
  private final RequestLog log;
  private volatile boolean set;
  private volatile boolean refused;

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

  /**
   * Sets the cookies that are due.
   *
   * @return false if the response does not take them any more, and one of them is more than the
   *     removal of what is dead anyway
   */
  boolean write(Collection<OpenedSession<?>> sessions, HttpServletResponse response) {
    List<OpenedSession<?>> due = sessions.stream().filter(OpenedSession::isCookieDue).toList();
    if (due.isEmpty()) {
      return true;
    }
    if (!SessionCookieWriter.isAccepted(response)) {
      return due.stream().allMatch(OpenedSession::isRemoval);
    }
    // Before the headers are looked at: what is set from now on is looked at again.
    set = true;
    shutOutSharedCaches(response);
    due.forEach(each -> each.writeCookie(response));
    return true;
  }

  /** Sets the cookies once more that were set before, where the container has dropped them. */
  void restore(Collection<OpenedSession<?>> sessions, HttpServletResponse response) {
    cachingChanged(response);
    sessions.forEach(each -> each.restoreCookie(response));
  }

  /** To be called when a header of {@code response} was set that says what caches may do. */
  void cachingChanged(HttpServletResponse response) {
    if (refused) {
      CacheHeaders.forbid(response);
    } else if (set) {
      shutOutSharedCaches(response);
    }
  }

  /** The request is answered with a {@link Refusal}, which no cache may store. */
  void refused() {
    refused = true;
  }

  private void shutOutSharedCaches(HttpServletResponse response) {
    CacheHeaders.shutOut(response).ifPresent(log::cacheableCookie);
  }
}
