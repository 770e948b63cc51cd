package org.typedsession;

import org.jspecify.annotations.Nullable;

/** The base of everything that this library throws on purpose, bad arguments and misuse apart. */
public abstract class SessionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what happened and what to do about it; never a cookie value
   * @param cause what was caught, or null
   */
  protected SessionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
