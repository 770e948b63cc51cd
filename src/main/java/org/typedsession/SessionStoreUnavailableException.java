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

  private final boolean outcomeUnknown;

  /**
   * A store that refuses or cannot answer.
   *
   * @param message what the store could not do
   * @param cause what the store threw, or null when it merely did not settle in time
   */
  public SessionStoreUnavailableException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private SessionStoreUnavailableException(
      String message, @Nullable Throwable cause, boolean outcomeUnknown) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  /**
   * A write that may have taken effect or not.
   *
   * @param message why that cannot be told
   * @param cause what the store threw, or null when it acknowledged what may not hold
   */
  public static SessionStoreUnavailableException outcomeUnknown(
      String message, @Nullable Throwable cause) {
    return new SessionStoreUnavailableException(message, cause, true);
  }

  /** Whether this is about a write that may have taken effect, rather than about a refusal. */
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }
}
