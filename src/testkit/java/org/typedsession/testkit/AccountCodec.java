package org.typedsession.testkit;

import java.nio.charset.StandardCharsets;
import org.typedsession.SessionCodecException;
import org.typedsession.spi.SessionCodec;

/** An {@link Account} as {@code left,right,user}. */
public final class AccountCodec implements SessionCodec<Account> {
  @Override
  public String id() {
    return "account";
  }

  @Override
  public byte[] encode(Account data) {
    return (data.left() + "," + data.right() + "," + data.user()).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Account decode(byte[] bytes) {
    String[] parts = new String(bytes, StandardCharsets.UTF_8).split(",", 3);
    if (parts[2].equals(Account.UNREADABLE)) {
      throw new SessionCodecException("an account that cannot be read", null);
    }
    return new Account(parts[2], Long.parseLong(parts[0]), Long.parseLong(parts[1]));
  }
}
