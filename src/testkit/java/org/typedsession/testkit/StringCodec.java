package org.typedsession.testkit;

import java.nio.charset.StandardCharsets;
import org.typedsession.spi.SessionCodec;

/** Text as UTF-8. */
public final class StringCodec implements SessionCodec<String> {
  @Override
  public String id() {
    return "text";
  }

  @Override
  public byte[] encode(String data) {
    return data.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String decode(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
