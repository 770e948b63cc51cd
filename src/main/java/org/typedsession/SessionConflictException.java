package org.typedsession;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A change that was not saved, because another request changed or ended the session first.
 *
 * <p>Nothing of the losing request is stored. {@link Session#update} is run again by itself where
 * that is possible, so this is thrown when it is not: the session's id was replaced (a login, and
 * not the same one) or the session ended (a logout) meanwhile, the change was made by {@link
 * Session#set} or {@link Session#mutate}, or the re-runs were used up. The servlet filter answers
 * 409.
 */
public final class SessionConflictException extends SessionException {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  /**
   * For a conflict after which the client may try again at once.
   *
   * @param message which kind of conflict it was
   */
  public SessionConflictException(String message) {
    this(message, Duration.ZERO, null);
  }

  /**
   * For a conflict after which a client that has nothing but its old cookie must wait.
   *
   * @param message which kind of conflict it was
   * @param retryAfter see {@link #retryAfter()}
   * @param cause what showed that the change cannot be made any more, if something did
   */
  public SessionConflictException(String message, Duration retryAfter, @Nullable Throwable cause) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  /**
   * After how long a client that has nothing but its old cookie can do something again: for so long
   * its requests are taken for overtaken ones. Zero if its session goes on under that cookie.
   */
  public Duration retryAfter() {
    return retryAfter;
  }
}
