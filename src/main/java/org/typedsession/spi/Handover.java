package org.typedsession.spi;

import java.util.Arrays;

/**
 * What a replaced id keeps for whoever holds its cookie value: sealed under that value, so that a
 * back-end, which never sees it, stores bytes that tell it nothing.
 *
 * <p>Immutable; equal if the bytes are.
 */
public final class Handover {
  /** Nothing. */
  public static final Handover NONE = new Handover(new byte[0]);

  private final byte[] bytes;

  private Handover(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Of bytes.
   *
   * @param bytes copied
   */
  public static Handover of(byte[] bytes) {
    return bytes.length == 0 ? NONE : new Handover(bytes.clone());
  }

  /** A copy of the bytes; empty for {@link #NONE}. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Handover that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Handover[" + bytes.length + " bytes]";
  }
}
