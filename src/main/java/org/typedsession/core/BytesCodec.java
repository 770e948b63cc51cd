package org.typedsession.core;

import org.typedsession.spi.SessionCodec;

/**
 * Hands bytes on as they are, for the connector of a store that encodes its data itself: {@link
 * org.typedsession.core.DefaultSessionStore#sealing}. Copies nothing, since nobody changes what is
 * encoded; so it is no codec for arrays as the data of an application.
 */
public final class BytesCodec implements SessionCodec<byte[]> {
  private final String id;

  /**
   * @param id of the codec that writes the bytes, see {@link SessionCodec#id}
   */
  public BytesCodec(String id) {
    this.id = id;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public byte[] encode(byte[] data) {
    return data;
  }

  @Override
  public byte[] decode(byte[] bytes) {
    return bytes;
  }
}
