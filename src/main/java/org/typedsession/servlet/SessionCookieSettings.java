package org.typedsession.servlet;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.typedsession.SessionCookieValue;

/**
 * The attributes of a session cookie. HttpOnly is not among them: it is always set.
 *
 * @param name the whole name, with its prefix if it has one
 * @param path the Path attribute, beginning with a slash
 * @param domain the Domain attribute; empty for a cookie of this host only
 * @param secure whether the cookie is for HTTPS only
 * @param sameSite the SameSite attribute
 * @param partitioned whether the cookie is kept apart per top-level site
 * @param persistent whether the cookie carries Max-Age and so survives the end of the browser
 * @param acceptedOverHttp whether a cookie that is for HTTPS only counts when it arrives over plain
 *     HTTP all the same
 */
public record SessionCookieSettings(
    String name,
    String path,
    Optional<String> domain,
    boolean secure,
    SameSite sameSite,
    boolean partitioned,
    boolean persistent,
    boolean acceptedOverHttp) {

  /** The choices of the SameSite attribute. */
  public enum SameSite {
    /** Sent with top-level navigation from other sites too. */
    LAX("Lax"),
    /** Sent with requests of the same site only. */
    STRICT("Strict"),
    /** Sent with every request; needs Secure. */
    NONE("None");

    private final String attribute;

    SameSite(String attribute) {
      this.attribute = attribute;
    }

    /** As the attribute spells it. */
    public String attribute() {
      return attribute;
    }
  }

  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
  private static final Pattern DOMAIN = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
  private static final String HOST_PREFIX = "__host-";
  private static final String SECURE_PREFIX = "__secure-";
  // Browsers drop a cookie whose name and value together are longer.
  private static final int MAXIMUM_LENGTH = 4096;

  /**
   * A cookie that counts however it arrives.
   *
   * @throws IllegalArgumentException as the other
   */
  public SessionCookieSettings(
      String name,
      String path,
      Optional<String> domain,
      boolean secure,
      SameSite sameSite,
      boolean partitioned,
      boolean persistent) {
    this(name, path, domain, secure, sameSite, partitioned, persistent, true);
  }

  /**
   * @throws IllegalArgumentException if the attributes contradict each other or the rules that
   *     browsers apply to them, in which case every browser would refuse the cookie
   */
  public SessionCookieSettings {
    require(isToken(name), "name must be a token of RFC 9110, was '%s'", printable(name));
    int length = name.length() + SessionCookieValue.LENGTH;
    require(length <= MAXIMUM_LENGTH, "name and value must fit 4096 characters, had %s", length);
    require(
        path.startsWith("/") && isPath(path),
        "path must begin with / and hold only letters, digits and / - . _ ~ %%, was '%s'",
        printable(path));
    domain.ifPresent(
        value ->
            require(
                isDomain(value),
                "domain must be a host name without a dot at its ends, was '%s'",
                printable(value)));
    String lowerCaseName = name.toLowerCase(Locale.ROOT);
    if (lowerCaseName.startsWith(HOST_PREFIX)) {
      require(secure, "the prefix of the name %s requires secure", name);
      require(
          path.equals("/"),
          "the prefix of the name %s requires path=/, was %s; choose a name that begins with"
              + " __Secure- instead",
          name,
          path);
      require(
          domain.isEmpty(),
          "the prefix of the name %s forbids a domain; choose a name that begins with __Secure-"
              + " instead",
          name);
    }
    if (lowerCaseName.startsWith(SECURE_PREFIX)) {
      require(secure, "the prefix of the name %s requires secure", name);
    }
    require(secure || sameSite != SameSite.NONE, "sameSite=None requires secure");
    require(secure || !partitioned, "partitioned requires secure");
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
