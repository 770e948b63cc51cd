package org.typedsession.testkit;

import org.typedsession.Privilege;

/**
 * The session data of most tests: a privilege, and two numbers that may have to agree.
 *
 * @param user changing it is a privilege change
 */
public record Account(@Privilege String user, long left, long right) {
  /** Nobody, with nothing. */
  public static final Account EMPTY = new Account("nobody", 0, 0);

  /** A user whose account can be stored but never read again by {@link AccountCodec}. */
  public static final String UNREADABLE = "unreadable";

  public Account withUser(String newUser) {
    return new Account(newUser, left, right);
  }

  public Account addLeft(long amount) {
    return new Account(user, left + amount, right);
  }

  public Account addRight(long amount) {
    return new Account(user, left, right + amount);
  }
}
