package org.typedsession.servlet;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.typedsession.SessionCookieConfiguration;

/** Puts session cookies into responses. */
final class SessionCookieWriter {
  private static final String SET_COOKIE = "Set-Cookie";
  private static final String CACHE_CONTROL = "Cache-Control";
  private static final String NO_STORE = "no-store";
  // What browsers cap the life of a cookie at, for a session that never expires.
  private static final int LONGEST = (int) Duration.ofDays(400).toSeconds();

  private SessionCookieWriter() {}

  /**
   * The cookie that hands out a secret.
   *
   * @param timeToLive what the server honours it for; empty: for ever
   */
  static Cookie set(SessionCookieSettings settings, String secret, Optional<Duration> timeToLive) {
    Cookie cookie = cookie(settings, secret);
    if (settings.persistent()) {
      // Rounded down: the client must not believe in a session that the server has given up.
      cookie.setMaxAge(
          timeToLive.map(left -> (int) Math.min(left.toSeconds(), LONGEST)).orElse(LONGEST));
    }
    return cookie;
  }

  /** The cookie that takes the one of these settings away, with every attribute of that one. */
  static Cookie removal(SessionCookieSettings settings) {
    Cookie cookie = cookie(settings, "");
    cookie.setMaxAge(0);
    return cookie;
  }

  private static Cookie cookie(SessionCookieSettings settings, String value) {
    SessionCookieConfiguration attributes = settings.attributes();
    Cookie cookie = new Cookie(settings.name(), value);
    cookie.setPath(attributes.path());
    attributes.domain().ifPresent(cookie::setDomain);
    cookie.setHttpOnly(true);
    cookie.setSecure(attributes.secure());
    cookie.setAttribute("SameSite", attributes.sameSite().attribute());
    if (attributes.partitioned()) {
      cookie.setAttribute("Partitioned", "");
    }
    return cookie;
  }

  /**
   * Whether a cookie added now would reach the client.
   *
   * <p>The response is asked by setting a header and reading it back, because there is nothing else
   * to go by: inside an include containers drop headers and cookies in silence, and neither the
   * request's attributes nor its dispatcher type show an include to a wrapper below it everywhere.
   * An answer of yes leaves {@code Cache-Control: no-store} behind if there was no such header.
   */
  static boolean isAccepted(HttpServletResponse response) {
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
   * Adds {@code cookie} again if something may have wiped it. Containers that keep cookies apart
   * from the headers until they commit replace by name what is added twice.
   */
  static void restore(HttpServletResponse response, Cookie cookie) {
    String start = cookie.getName() + "=";
    if (response.getHeaders(SET_COOKIE).stream().noneMatch(value -> value.startsWith(start))) {
      response.addCookie(cookie);
    }
  }
}
