package org.typedsession.bench;

import java.io.Serializable;
import org.typedsession.Privilege;

/**
 * The session data of all benchmarks.
 *
 * @param user changing it is a privilege change
 * @param count changes with every routine update
 * @param items fills the value up to its size
 */
public record Basket(@Privilege String user, long count, String items) implements Serializable {
  private static final int OVERHEAD = "{\"user\":\"u1000\",\"count\":1000,\"items\":\"\"}".length();

  /** What a client without a session has. */
  public Basket() {
    this("guest", 0, "");
  }

  /** A basket of about {@code bytes} as JSON. */
  public static Basket ofSize(int bytes) {
    return new Basket("u1000", 1000, text(bytes - OVERHEAD));
  }

  static String text(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + i % 26));
    }
    return text.toString();
  }

  /** After a routine update. */
  public Basket next() {
    return new Basket(user, 1000 + (count + 1) % 1000, items);
  }

  /** After a change of the privilege. */
  public Basket otherUser() {
    return new Basket(user.equals("u1000") ? "u1001" : "u1000", count, items);
  }
}
