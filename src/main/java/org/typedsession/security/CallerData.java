package org.typedsession.security;

import java.util.Set;

/**
 * Session data that keeps the groups of the caller whom Jakarta Security has authenticated; see
 * {@link CallerInSession}.
 *
 * <p>The caller's name is kept by the session itself, as its principal. Data that has a component
 * marked {@link org.typedsession.PrincipalName} keeps it there instead.
 *
 * <p>Immutable, as session data should be.
 *
 * @param <D> the session data itself
 */
public interface CallerData<D extends CallerData<D>> {
  /** The groups of the caller; empty as long as nobody has logged in. */
  Set<String> callerGroups();

  /**
   * This data after a login. It may be run again, on data that another request has changed.
   *
   * @param name who has logged in, to be put into the component marked {@link
   *     org.typedsession.PrincipalName} if there is one. What belongs to another caller than the
   *     one before should not be kept
   * @param groups what the caller belongs to, to be given back by {@link #callerGroups}
   */
  D withCaller(String name, Set<String> groups);
}
