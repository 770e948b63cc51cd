package org.typedsession;

/**
 * A session that could not be stored, because every id tried was taken already.
 *
 * <p>With 192 random bits in an id this points at a broken source of randomness.
 */
public final class SessionIdCollisionException extends SessionException {
  private static final long serialVersionUID = 1L;

  /**
   * @param attempts how many ids were tried
   */
  public SessionIdCollisionException(int attempts) {
    super(
        "no free session id in "
            + attempts
            + " attempts; check the source of randomness of this machine",
        null);
  }
}
