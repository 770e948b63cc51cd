package org.typedsession.assembly;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.servlet.SessionCookieSettings;

/** Makes a cookie's settings of what is configured. */
final class CookieNames {
  private static final String HOST_PREFIX = "__Host-";

  private CookieNames() {}

  /**
   * The cookie of one type of session.
   *
   * @param qualifier what tells the types of this application apart; empty if there is only one
   * @throws IllegalArgumentException if browsers would refuse the cookie; the text says why
   */
  static SessionCookieSettings settings(
      TypedSessionConfiguration configuration, String contextPath, String qualifier) {
    SessionCookieConfiguration cookie = configuration.cookie();
    String name = cookie.name().orElseGet(() -> name(cookie.secure(), contextPath, qualifier));
    return new SessionCookieSettings(
        cookie.toBuilder().name(name).build(), configuration.policy().persistentCookie());
  }

  // The path is / for all applications of a host, so the name has to tell them apart. A dot stands
  // for nothing but the border to the type: /a with type B and /a.b, or /a-b, stay two names.
  private static String name(boolean secure, String contextPath, String qualifier) {
    return (secure ? HOST_PREFIX : "")
        + "session"
        + (contextPath.isEmpty() ? "" : "-" + escaped(contextPath.substring(1)))
        + (qualifier.isEmpty() ? "" : "." + escaped(qualifier.toLowerCase(Locale.ROOT)));
  }

  /** Escapes as URLs do, but writes # for a slash, as names of web archives do. */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) b;
      if (c == '/') {
        escaped.append('#');
      } else if (c < 0x80 && (Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '%')) {
        escaped.append(c);
      } else {
        escaped.append("%%%02X".formatted(b));
      }
    }
    return escaped.toString();
  }
}
