package org.typedsession.infinispan.entry;

import java.nio.charset.StandardCharsets;

/**
 * Reads an entry from its text, from the front on, and copies nothing of it but what is asked for.
 * Each character stands for one byte. Of a text that is too short, or that has other characters,
 * each method throws {@link IllegalArgumentException}. Not safe for use by several threads.
 */
final class EntryReader {
  private final String text;
  private int at;

  EntryReader(String text) {
    this.text = text;
  }

  /** How many bytes come yet. */
  int remaining() {
    return text.length() - at;
  }

  byte readByte() {
    skip(1);
    return (byte) text.charAt(at - 1);
  }

  int readInt() {
    skip(Integer.BYTES);
    return (int) numberAt(text, at - Integer.BYTES, Integer.BYTES);
  }

  long readLong() {
    skip(Long.BYTES);
    return longAt(text, at - Long.BYTES);
  }

  /** Bytes in an array of their own. */
  @SuppressWarnings("deprecation") // For characters that are no bytes, which skip refuses.
  byte[] readBytes(int length) {
    skip(length);
    byte[] bytes = new byte[length];
    text.getBytes(at - length, at, bytes, 0);
    return bytes;
  }

  /** Text that was written as UTF-8. */
  String readUtf8(int length) {
    skip(length);
    for (int i = at - length; i < at; i++) {
      if (text.charAt(i) > 0x7f) {
        at -= length;
        return new String(readBytes(length), StandardCharsets.UTF_8);
      }
    }
    return text.substring(at - length, at);
  }

  private void skip(int length) {
    if (length < 0 || length > remaining()) {
      throw new IllegalArgumentException("a length of " + length);
    }
    for (int end = at + length; at < end; at++) {
      if (text.charAt(at) > 0xff) {
        throw new IllegalArgumentException("a character that is no byte");
      }
    }
  }

  /** The number in the lower bytes of eight characters from that index on. */
  static long longAt(String text, int index) {
    return numberAt(text, index, Long.BYTES);
  }

  private static long numberAt(String text, int index, int bytes) {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number = (number << Byte.SIZE) | (text.charAt(index + i) & 0xff);
    }
    return number;
  }
}
