package org.typedsession;

/**
 * A login that was refused, because its principal has as many sessions as the {@link SessionLimit}
 * allows. Nothing of the request is stored; the session is what it was before. The servlet filter
 * answers 403.
 */
public final class SessionLimitException extends SessionException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message how many sessions there may be
   */
  public SessionLimitException(String message) {
    super(message, null);
  }
}
