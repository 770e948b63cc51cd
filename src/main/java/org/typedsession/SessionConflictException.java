package org.typedsession;

/**
 * A change that was not saved, because another request changed or ended the session first.
 *
 * <p>Nothing of the losing request is stored. {@link Session#update} is run again by itself where
 * that is possible, so this is thrown when it is not: the session's id was replaced (a login) or
 * the session ended (a logout) meanwhile, the change was made by {@link Session#set} or {@link
 * Session#mutate}, or the re-runs were used up. The servlet filter answers 409.
 */
public final class SessionConflictException extends SessionException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message which kind of conflict it was
   */
  public SessionConflictException(String message) {
    super(message, null);
  }

  /**
   * @param cause what showed that the change cannot be made any more
   */
  SessionConflictException(String message, Throwable cause) {
    super(message, cause);
  }
}
