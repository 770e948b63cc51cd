package org.typedsession.security;

import org.typedsession.servlet.SessionBinding;

/** Where {@link CallerInterceptor} finds the sessions. Not for use by applications. */
@FunctionalInterface
public interface CallerBindings {
  /**
   * How sessions with this data are served.
   *
   * @throws IllegalStateException if they are not
   */
  SessionBinding<?> binding(Class<?> data);
}
