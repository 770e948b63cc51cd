package org.typedsession.example;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.typedsession.SessionHandle;

/** What clients send, checked before anything else happens; what is wrong never gets further. */
final class Input {
  private static final int MAXIMUM_DELAY = 5_000;
  private static final int MAXIMUM_COUNT = 1_000_000;
  private static final int MAXIMUM_NAME = 40;

  private Input() {}

  /** How long the handler is to wait between reading and acting. */
  static Duration delay(HttpServletRequest request) {
    return request.getParameter("delay") == null
        ? Duration.ZERO
        : Duration.ofMillis(number(request, "delay", MAXIMUM_DELAY));
  }

  static int count(HttpServletRequest request) {
    return number(request, "value", MAXIMUM_COUNT);
  }

  static String visitorName(HttpServletRequest request) {
    return name("name", request.getParameter("name"));
  }

  /** The public name of a session, from a list. */
  static SessionHandle handle(HttpServletRequest request) {
    String text = request.getParameter("handle");
    return SessionHandle.parse(text == null ? "" : text)
        .orElseThrow(() -> new InvalidInputException("handle must be 32 hexadecimal digits"));
  }

  /**
   * The last segment of the path, decoded here: containers differ in what they do to an encoded
   * slash and to bytes that are not UTF-8.
   */
  static String itemName(HttpServletRequest request) {
    String prefix = request.getContextPath() + request.getServletPath() + "/";
    String uri = request.getRequestURI();
    if (!uri.startsWith(prefix)) {
      throw new InvalidInputException("item must be named in the path: /api/items/{name}");
    }
    String segment = uri.substring(prefix.length());
    int parameters = segment.indexOf(';');
    return name("item", decoded(parameters < 0 ? segment : segment.substring(0, parameters)));
  }

  private static int number(HttpServletRequest request, String parameter, int maximum) {
    String text = request.getParameter(parameter);
    // No sign, no digits of other scripts, and too short to overflow.
    if (text != null && text.matches("[0-9]{1,7}")) {
      int number = Integer.parseInt(text);
      if (number <= maximum) {
        return number;
      }
    }
    throw new InvalidInputException(
        "%s must be a whole number from 0 to %d".formatted(parameter, maximum));
  }

  private static String name(String what, String text) {
    String name = text == null ? "" : text.strip();
    int length = name.codePointCount(0, name.length());
    if (length < 1 || length > MAXIMUM_NAME || !name.codePoints().allMatch(Input::isPrintable)) {
      throw new InvalidInputException(
          "%s must have 1 to %d printable characters".formatted(what, MAXIMUM_NAME));
    }
    return name;
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          // Among them those that make text run backwards.
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static String decoded(String segment) {
    ByteBuffer bytes = ByteBuffer.allocate(segment.length());
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c == '%') {
        bytes.put(octet(segment, i));
        i += 2;
      } else if (c > ' ' && c < 0x7f && c != '/') {
        bytes.put((byte) c);
      } else {
        throw new InvalidInputException("item must be one segment of the path, percent-encoded");
      }
    }
    try {
      // Unlike new String(...), a fresh decoder refuses what is not UTF-8.
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException("item must be UTF-8, percent-encoded");
    }
  }

  private static byte octet(String segment, int percent) {
    int end = percent + 3;
    if (end > segment.length()
        || !HexFormat.isHexDigit(segment.charAt(percent + 1))
        || !HexFormat.isHexDigit(segment.charAt(percent + 2))) {
      throw new InvalidInputException("item is not percent-encoded correctly");
    }
    return (byte) HexFormat.fromHexDigits(segment, percent + 1, end);
  }
}
