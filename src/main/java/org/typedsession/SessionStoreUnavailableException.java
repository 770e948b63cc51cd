package org.typedsession;

import org.jspecify.annotations.Nullable;

/**
 * A store that cannot answer, or cannot tell whether a write took effect.
 *
 * <p>Never to be read as "no session": the servlet filter answers 503 and leaves the client's
 * cookie as it is.
 */
public final class SessionStoreUnavailableException extends SessionException {
  private static final long serialVersionUID = 1L;

  private enum Kind {
    REFUSED,
    FULL,
    OUTCOME_UNKNOWN
  }

  private final Kind kind;

  /**
   * A store that refuses or cannot answer.
   *
   * @param message what the store could not do
   * @param cause what the store threw, or null when it merely did not settle in time
   */
  public SessionStoreUnavailableException(String message, @Nullable Throwable cause) {
    this(message, cause, Kind.REFUSED);
  }

  private SessionStoreUnavailableException(String message, @Nullable Throwable cause, Kind kind) {
    super(message, cause);
    this.kind = kind;
  }

  /**
   * A write that may have taken effect or not.
   *
   * @param message why that cannot be told
   * @param cause what the store threw, or null when it acknowledged what may not hold
   */
  public static SessionStoreUnavailableException outcomeUnknown(
      String message, @Nullable Throwable cause) {
    return new SessionStoreUnavailableException(message, cause, Kind.OUTCOME_UNKNOWN);
  }

  /**
   * A store that serves, but keeps no more of what was to be written.
   *
   * @param message which limit was reached
   * @see StoreLimits
   */
  public static SessionStoreUnavailableException full(String message) {
    return new SessionStoreUnavailableException(message, null, Kind.FULL);
  }

  /** Whether this is about a write that may have taken effect, rather than about a refusal. */
  public boolean isOutcomeUnknown() {
    return kind == Kind.OUTCOME_UNKNOWN;
  }

  /** Whether a limit was reached, and nothing is wrong with the store. */
  public boolean isFull() {
    return kind == Kind.FULL;
  }
}
