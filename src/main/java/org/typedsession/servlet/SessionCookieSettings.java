package org.typedsession.servlet;

import java.util.Locale;
import java.util.regex.Pattern;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionCookieConfiguration.OverHttp;
import org.typedsession.SessionCookieConfiguration.SameSite;
import org.typedsession.SessionCookieValue;

/**
 * A session cookie as browsers take it.
 *
 * @param attributes what is configured, with a name
 * @param persistent whether the cookie carries Max-Age and so survives the end of the browser
 */
public record SessionCookieSettings(SessionCookieConfiguration attributes, boolean persistent) {

  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
  private static final Pattern DOMAIN = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
  private static final String HOST_PREFIX = "__host-";
  private static final String SECURE_PREFIX = "__secure-";
  // Browsers drop a cookie whose name and value together are longer.
  private static final int MAXIMUM_LENGTH = 4096;

  /**
   * @throws IllegalArgumentException if the attributes contradict each other or the rules that
   *     browsers apply to them, in which case every browser would refuse the cookie
   */
  public SessionCookieSettings {
    String name =
        attributes.name().orElseThrow(() -> new IllegalArgumentException("cookie name is missing"));
    String path = attributes.path();
    require(isToken(name), "name must be a token of RFC 9110, was '%s'", printable(name));
    int length = name.length() + SessionCookieValue.LENGTH;
    require(length <= MAXIMUM_LENGTH, "name and value must fit 4096 characters, had %s", length);
    require(
        isPath(path),
        "path must begin with / and hold only letters, digits and / - . _ ~ %%, was '%s'",
        printable(path));
    attributes
        .domain()
        .ifPresent(
            value ->
                require(
                    isDomain(value),
                    "domain must be a host name without a dot at its ends, was '%s'",
                    printable(value)));
    String lowerCaseName = name.toLowerCase(Locale.ROOT);
    if (lowerCaseName.startsWith(HOST_PREFIX)) {
      require(attributes.secure(), "the prefix of the name %s requires secure", name);
      require(
          path.equals("/"),
          "the prefix of the name %s requires path=/, was %s; choose a name that begins with"
              + " __Secure- instead",
          name,
          path);
      require(
          attributes.domain().isEmpty(),
          "the prefix of the name %s forbids a domain; choose a name that begins with __Secure-"
              + " instead",
          name);
    }
    if (lowerCaseName.startsWith(SECURE_PREFIX)) {
      require(attributes.secure(), "the prefix of the name %s requires secure", name);
    }
    require(
        attributes.secure() || attributes.sameSite() != SameSite.NONE,
        "sameSite=None requires secure");
    require(attributes.secure() || !attributes.partitioned(), "partitioned requires secure");
  }

  /** The whole name. */
  public String name() {
    return attributes.name().orElseThrow();
  }

  /**
   * Whether the cookie counts when it arrives.
   *
   * @param overHttps whether over HTTPS
   */
  boolean counts(boolean overHttps) {
    return overHttps || !attributes.secure() || attributes.overHttp() == OverHttp.ACCEPT;
  }

  @SuppressWarnings("AnnotateFormatMethod") // Its annotation is in a jar that nothing else needs.
  private static void require(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException("cookie " + message.formatted(arguments));
    }
  }

  private static boolean isToken(String text) {
    return !text.isEmpty()
        && text.chars()
            .allMatch(
                c ->
                    (c >= 'A' && c <= 'Z')
                        || (c >= 'a' && c <= 'z')
                        || (c >= '0' && c <= '9')
                        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }

  // Undertow puts quotes around a path with other characters, and browsers then ignore it.
  private static boolean isPath(String text) {
    return text.chars()
        .allMatch(
            c ->
                (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || "/-._~%".indexOf(c) >= 0);
  }

  // Containers that check refuse the rest with an exception in the middle of a request.
  private static boolean isDomain(String text) {
    return DOMAIN.matcher(text).matches();
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
