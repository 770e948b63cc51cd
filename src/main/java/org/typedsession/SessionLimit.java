package org.typedsession;

/**
 * How many sessions a principal may have at once. Decided in one atomic step at each login,
 * whatever node it reaches.
 *
 * @param sessions how many; 1 to 256
 * @param whenReached what becomes of one more
 */
public record SessionLimit(int sessions, WhenReached whenReached) {
  /** The greatest limit: the most sessions of one principal that a store lists. */
  public static final int MOST = 256;

  /** What a login beyond the limit brings about. */
  public enum WhenReached {
    /** The session that logged in first of those that live is ended. */
    END_OLDEST,
    /** The login is refused with {@link SessionLimitException}. */
    REFUSE
  }

  /**
   * @throws IllegalArgumentException if {@code sessions} is out of its range
   */
  public SessionLimit {
    if (sessions < 1 || sessions > MOST) {
      throw new IllegalArgumentException(
          "a limit of sessions must be 1 to %s, was %s".formatted(MOST, sessions));
    }
  }
}
