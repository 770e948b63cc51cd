package org.typedsession.servlet.response;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The session cookies of a response, and what has to be said to caches because of them.
 *
 * <p>Safe for use by many threads.
 */
public final class ResponseCookies {
  private static final String SET_COOKIE = "Set-Cookie";
  private static final String CACHE_CONTROL = "Cache-Control";
  private static final String NO_STORE = "no-store";

  private final Consumer<String> overruled;
  private final List<Cookie> cookies = new ArrayList<>();
  private volatile boolean set;
  private volatile boolean refused;

  ResponseCookies(Consumer<String> overruled) {
    this.overruled = overruled;
  }

  /**
   * Whether a cookie added now would reach the client.
   *
   * <p>The response is asked by setting a header and reading it back, because there is nothing else
   * to go by: inside an include containers drop headers and cookies in silence, and neither the
   * request's attributes nor its dispatcher type show an include to a wrapper below it everywhere.
   * An answer of yes leaves {@code Cache-Control: no-store} behind if there was no such header.
   */
  public static boolean areAccepted(HttpServletResponse response) {
    if (response.isCommitted()) {
      return false;
    }
    List<String> before = List.copyOf(response.getHeaders(CACHE_CONTROL));
    if (before.isEmpty()) {
      response.setHeader(CACHE_CONTROL, NO_STORE);
      return NO_STORE.equals(response.getHeader(CACHE_CONTROL));
    }
    String probe = String.join(", ", before) + ", " + NO_STORE;
    response.setHeader(CACHE_CONTROL, probe);
    boolean accepted = probe.equals(response.getHeader(CACHE_CONTROL));
    if (accepted) {
      response.setHeader(CACHE_CONTROL, before.get(0));
      before.stream().skip(1).forEach(value -> response.addHeader(CACHE_CONTROL, value));
    }
    return accepted;
  }

  /**
   * Sets {@code cookie}, and keeps shared caches out.
   *
   * @param response one that accepts cookies
   */
  public synchronized void set(Cookie cookie, HttpServletResponse response) {
    // Before the headers are looked at: what is set from now on is looked at again.
    set = true;
    shutOutSharedCaches(response);
    response.addCookie(cookie);
    cookies.add(cookie);
  }

  /** Sets the cookies once more that were set before, where the container has dropped them. */
  public synchronized void restore(HttpServletResponse response) {
    cachingChanged(response);
    cookies.forEach(cookie -> restore(cookie, response));
  }

  // Containers that keep cookies apart from the headers until they commit replace by name what is
  // added twice.
  private static void restore(Cookie cookie, HttpServletResponse response) {
    String start = cookie.getName() + "=";
    if (response.getHeaders(SET_COOKIE).stream().noneMatch(value -> value.startsWith(start))) {
      response.addCookie(cookie);
    }
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
    CacheHeaders.shutOut(response).ifPresent(overruled);
  }
}
