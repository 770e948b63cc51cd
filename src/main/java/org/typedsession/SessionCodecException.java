package org.typedsession;

import org.jspecify.annotations.Nullable;

/** Session data that cannot be turned into bytes, or bytes that are not data of this type. */
public final class SessionCodecException extends SessionException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the type, the place in it where that is known, and the reason
   * @param cause what the underlying library threw, or null
   */
  public SessionCodecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
