package org.typedsession.infinispan.entry;

import java.nio.charset.StandardCharsets;

/**
 * Reads an entry from its text, from the front on, and copies nothing of it but what is asked for.
 * Each character stands for one byte. Of a text that is too short each method throws {@link
 * IllegalArgumentException}, and of one that has other characters all do but {@link #readBytes}.
 * Not safe for use by several threads.
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
    return (byte) readNumber(1);
  }

  int readInt() {
    return (int) readNumber(Integer.BYTES);
  }

  long readLong() {
    return readNumber(Long.BYTES);
  }

  // One pass for number and check: every read of a session has a dozen of these.
  private long readNumber(int bytes) {
    requireLength(bytes);
    long number = 0;
    int all = 0;
    for (int i = 0; i < bytes; i++) {
      char next = text.charAt(at + i);
      all |= next;
      number = (number << Byte.SIZE) | (next & 0xff);
    }
    requireBytes(all);
    at += bytes;
    return number;
  }

  /**
   * Bytes in an array of their own; of a character that is no byte, the lower one. To look for such
   * would take longer than to copy them, and nobody but the library makes what comes before.
   */
  @SuppressWarnings("deprecation") // Deprecated because of characters that are no bytes.
  byte[] readBytes(int length) {
    requireLength(length);
    byte[] bytes = new byte[length];
    text.getBytes(at, at + length, bytes, 0);
    at += length;
    return bytes;
  }

  /** Text that was written as UTF-8. */
  String readUtf8(int length) {
    requireLength(length);
    int all = 0;
    for (int i = 0; i < length; i++) {
      all |= text.charAt(at + i);
    }
    requireBytes(all);
    if (all > 0x7f) {
      return new String(readBytes(length), StandardCharsets.UTF_8);
    }
    at += length;
    return text.substring(at - length, at);
  }

  private void requireLength(int length) {
    if (length < 0 || length > remaining()) {
      throw new IllegalArgumentException("a length of " + length);
    }
  }

  /**
   * @param all characters, one upon the other
   */
  private static void requireBytes(int all) {
    if (all > 0xff) {
      throw new IllegalArgumentException("a character that is no byte");
    }
  }

  /** The number in the lower bytes of the eight characters that there are from that index on. */
  static long longAt(String text, int index) {
    long number = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      number = (number << Byte.SIZE) | (text.charAt(index + i) & 0xff);
    }
    return number;
  }
}
