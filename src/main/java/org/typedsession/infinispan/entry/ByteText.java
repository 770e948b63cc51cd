package org.typedsession.infinispan.entry;

import java.nio.charset.StandardCharsets;

/**
 * Bytes as text of the same length, which is how they are put into a cache.
 *
 * <p>A conditional write compares what is stored with what was read, possibly on another node. The
 * containers of WildFly wrap keys and values, and take two wrappers for different when the hash
 * codes of their contents differ. The hash code of an array is that of the object, so that with
 * arrays only the node that wrote an entry could replace it; that of a string is the same
 * everywhere.
 */
public final class ByteText {
  private ByteText() {}

  /** Bytes as text. */
  public static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /**
   * The bytes that a text stands for.
   *
   * @param text made by {@link #of}
   */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
