package org.typedsession.spi;

import org.typedsession.SessionCodecException;

/**
 * How session data becomes bytes and back.
 *
 * @param <D> the session data
 */
public interface SessionCodec<D> {
  /** A stable name of the byte format, 1 to 16 of {@code [a-z0-9-]}. */
  String id();

  /**
   * @throws SessionCodecException if {@code data} cannot be written
   */
  byte[] encode(D data);

  /**
   * @throws SessionCodecException if {@code bytes} are not data of this type
   */
  D decode(byte[] bytes);
}
