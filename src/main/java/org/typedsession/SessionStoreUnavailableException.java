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

  /**
   * @param message what the store could not do
   * @param cause what the store threw, or null when it merely did not settle in time
   */
  public SessionStoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
