package org.typedsession.it.tests;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Cookie headers that no browser sends: the same ones in the same order for the same seed.
 *
 * <p>Wherever a cookie of the session's name appears, its value is made up and was never issued.
 */
final class HostileCookies {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  private static final String[] NASTY = {
    "=",
    ";",
    ",",
    "\"",
    "\\",
    " ",
    "\t",
    "%00",
    "%0d%0a",
    "{}",
    "[]",
    "$Path",
    "''",
    "--",
    "<>",
    "${jndi:x}",
    "../../",
    "null",
    "true",
    "\"\"",
    "=\"",
    ";;;",
    "= =",
    "\"\\\"",
    "$Version=1"
  };
  // WildFly takes 50 kB of header per request.
  private static final int LONGEST = 40_000;

  /** The kinds of headers, so that a failure can be told from its neighbours. */
  enum Kind {
    EMPTY,
    MADE_UP,
    WRONG_LENGTH,
    WRONG_ALPHABET,
    QUOTED,
    MANY_OF_ONE_NAME,
    MANY_NAMES,
    SEVERAL_HEADERS,
    LONG,
    RFC_2109,
    PUNCTUATION,
    ASCII_NOISE,
    CONTROL_BYTES,
    UTF_8,
    ANY_BYTES
  }

  /**
   * The Cookie header fields of one request.
   *
   * @param kind what is wrong with them
   * @param fields their values, byte for byte
   */
  record Header(Kind kind, List<byte[]> fields) {
    /** Shows the bytes that cannot be printed as escapes. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(kind.name());
      for (byte[] field : fields) {
        text.append(" [");
        for (int i = 0; i < Math.min(field.length, 200); i++) {
          int b = field[i] & 0xff;
          text.append(b >= 0x20 && b < 0x7f ? String.valueOf((char) b) : "\\x%02x".formatted(b));
        }
        text.append(field.length > 200 ? "… " + field.length + " bytes]" : "]");
      }
      return text.toString();
    }
  }

  private final Random random;
  private final String name;

  HostileCookies(String name, long seed) {
    this.name = name;
    this.random = new Random(seed);
  }

  Header next() {
    Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
    return new Header(kind, fields(kind));
  }

  private List<byte[]> fields(Kind kind) {
    return switch (kind) {
      case EMPTY -> List.of(ascii(pick("", " ", name, name + "=", "=", ";", name + "=;" + name)));
      case MADE_UP -> List.of(ascii(name + "=" + value(35)));
      case WRONG_LENGTH -> List.of(ascii(name + "=" + value(pick(0, 1, 34, 36, 32, 70, 350))));
      case WRONG_ALPHABET -> List.of(ascii(name + "=" + spoilt(value(35))));
      case QUOTED ->
          List.of(
              ascii(
                  name
                      + pick("=\"", "= \"", "=\"\"", "=\"\\")
                      + value(35)
                      + pick("\"", "", "\"\"", "\\\"", "\"; " + name + "=\"")));
      case MANY_OF_ONE_NAME -> List.of(ascii(repeated(1 + random.nextInt(100), false)));
      case MANY_NAMES -> List.of(ascii(repeated(1 + random.nextInt(100), true)));
      case SEVERAL_HEADERS -> several();
      case LONG ->
          List.of(
              ascii(
                  pick(name, "other")
                      + "="
                      + value(1000 + random.nextInt(LONGEST - 1000))
                      + pick("", "; " + name + "=" + value(35))));
      case RFC_2109 ->
          List.of(
              ascii(
                  pick("$Version=1; ", "$Version=\"1\"; ", "$Version=2, ", "$Version; ")
                      + name
                      + "="
                      + pick(value(35), "\"" + value(35) + "\"")
                      + pick("; $Path=/", "; $Path=\"/\"; $Domain=x", ";$Port", "")));
      case PUNCTUATION -> List.of(ascii(punctuation()));
      case ASCII_NOISE -> List.of(noise(0x20, 0x7f));
      case CONTROL_BYTES -> List.of(withControls());
      case UTF_8 -> List.of(withUtf8());
      case ANY_BYTES -> List.of(noise(0x01, 0x100));
    };
  }

  private String value(int length) {
    StringBuilder value = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      value.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return value.toString();
  }

  private String spoilt(String value) {
    int position = random.nextInt(value.length());
    return value.substring(0, position)
        + pick("+", "/", "=", ".", "%", "*", ":", "\"", "\\", "'", "~", "!")
        + value.substring(position + 1);
  }

  private String repeated(int times, boolean otherNames) {
    StringBuilder header = new StringBuilder();
    for (int i = 0; i < times; i++) {
      header.append(i == 0 ? "" : pick("; ", ";", ", ", " ; ", ";;"));
      header.append(otherNames && random.nextInt(4) > 0 ? "n" + i : name);
      header.append('=').append(value(pick(35, 35, 35, 0, 7)));
    }
    return header.toString();
  }

  private List<byte[]> several() {
    List<byte[]> fields = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      fields.add(ascii(random.nextBoolean() ? name + "=" + value(35) : punctuation()));
    }
    return fields;
  }

  private String punctuation() {
    StringBuilder header = new StringBuilder();
    for (int i = random.nextInt(20); i >= 0; i--) {
      header.append(pick(NASTY)).append(random.nextInt(3) == 0 ? name : "");
    }
    return header.toString();
  }

  private byte[] withControls() {
    byte[] header = ascii(name + "=" + value(35) + "; a=b");
    for (int i = random.nextInt(4); i >= 0; i--) {
      byte control = (byte) pick(0x00, 0x01, 0x07, 0x08, 0x0b, 0x0c, 0x1b, 0x1f, 0x7f);
      header[random.nextInt(header.length)] = control;
    }
    return header;
  }

  private byte[] withUtf8() {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(ascii(random.nextBoolean() ? name + "=" + value(random.nextInt(35)) : "x="));
    header.writeBytes(
        pick("é", "漢字", "🍪", "\0é", "\u202e", "ſ", "Ａ").getBytes(StandardCharsets.UTF_8));
    header.writeBytes(ascii("; " + name + "=" + value(35)));
    return header.toByteArray();
  }

  // CR and LF would end the header, which is another attack than this one.
  private byte[] noise(int from, int to) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(ascii(random.nextBoolean() ? name + "=" : ""));
    for (int i = random.nextInt(120); i >= 0; i--) {
      int b = from + random.nextInt(to - from);
      header.write(b == '\r' || b == '\n' ? '?' : b);
    }
    return header.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private int pick(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
