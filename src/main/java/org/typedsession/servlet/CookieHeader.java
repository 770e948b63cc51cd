package org.typedsession.servlet;

import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads cookies from the header itself.
 *
 * <p>{@code getCookies()} will not do: of two cookies of one name some containers give the first
 * only, others both, and junk in a foreign cookie hides ours in some of them.
 */
final class CookieHeader {
  private CookieHeader() {}

  /**
   * The values of all cookies called {@code name}, in the client's order.
   *
   * <p>As in browsers, a semicolon ends a cookie even between quotes, and a comma never does. So a
   * cookie that a neighbouring host has set can neither swallow ours by an open quote nor smuggle
   * in another of a name with a prefix that this host alone may use.
   *
   * @param headers the Cookie header fields; null if the container does not tell
   */
  static List<String> values(@Nullable Enumeration<String> headers, String name) {
    List<String> values = new ArrayList<>();
    while (headers != null && headers.hasMoreElements()) {
      addValues(headers.nextElement(), name, values);
    }
    return values;
  }

  private static void addValues(String header, String name, List<String> values) {
    int begin = 0;
    while (begin < header.length()) {
      int semicolon = header.indexOf(';', begin);
      int end = semicolon < 0 ? header.length() : semicolon;
      int equals = indexOfEquals(header, begin, end);
      if (equals >= 0 && isNamed(header, begin, equals, name)) {
        values.add(unquoted(trimmed(header, equals + 1, end)));
      }
      begin = end + 1;
    }
  }

  // Bounded: a search that runs on behind the semicolon makes the whole quadratic.
  private static int indexOfEquals(String header, int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (header.charAt(i) == '=') {
        return i;
      }
    }
    return -1;
  }

  /** Whether the name is all there is from {@code begin} to {@code end}, but for white space. */
  private static boolean isNamed(String header, int begin, int end, String name) {
    return trimmed(header, begin, end).equals(name);
  }

  private static String trimmed(String header, int begin, int end) {
    int from = begin;
    int to = end;
    while (from < to && isWhitespace(header.charAt(from))) {
      from++;
    }
    while (from < to && isWhitespace(header.charAt(to - 1))) {
      to--;
    }
    return header.substring(from, to);
  }

  // As in HTTP (RFC 9110, 5.6.3). For Java, controls such as FS are white space too.
  private static boolean isWhitespace(char c) {
    return c == ' ' || c == '\t';
  }

  // We never send quotes, but clients that follow RFC 2965 add them.
  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
