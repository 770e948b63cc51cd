package org.typedsession.servlet.response;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * How many bytes characters become: exactly in UTF-8 and in charsets of one byte, otherwise at
 * most.
 *
 * <p>Counting too few would let the container commit unnoticed; too many only stores a little
 * earlier.
 */
final class EncodedLength {
  private final boolean utf8;
  private final long longest;

  private EncodedLength(boolean utf8, long longest) {
    this.utf8 = utf8;
    this.longest = longest;
  }

  /**
   * @param encoding the name of the charset, which the container has accepted
   */
  static EncodedLength in(String encoding) {
    Charset charset = Charset.forName(encoding);
    return new EncodedLength(
        charset.equals(StandardCharsets.UTF_8),
        (long) Math.ceil(charset.newEncoder().maxBytesPerChar()));
  }

  long of(CharSequence text, int offset, int length) {
    if (!utf8) {
      return length * longest;
    }
    long bytes = 0;
    for (int i = offset; i < offset + length; i++) {
      bytes += utf8(text.charAt(i));
    }
    return bytes;
  }

  long of(char c) {
    return utf8 ? utf8(c) : longest;
  }

  private static int utf8(char c) {
    // A surrogate is half of a character of four bytes.
    return c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }
}
