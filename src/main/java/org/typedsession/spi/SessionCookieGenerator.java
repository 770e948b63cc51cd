package org.typedsession.spi;

import java.util.function.Predicate;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionId;

/** Where the clients' secrets come from. Safe for use by many threads. */
@FunctionalInterface
public interface SessionCookieGenerator {
  /**
   * Draws a new secret.
   *
   * @param preferred which ids the store would rather have; a hint
   * @return a value that nobody can guess and that was never given before
   */
  SessionCookieValue next(Predicate<SessionId> preferred);
}
