package org.typedsession.servlet;

import jakarta.servlet.http.Cookie;
import java.time.Duration;
import java.util.Optional;
import org.typedsession.SessionCookieConfiguration;

/** Makes the cookies by which clients hold their secrets. */
final class SessionCookieMaker {
  // What browsers cap the life of a cookie at, for a session that never expires.
  private static final int LONGEST = (int) Duration.ofDays(400).toSeconds();

  private SessionCookieMaker() {}

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
}
