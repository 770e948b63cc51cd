package org.typedsession.servlet;

import java.util.List;

/** Where the filter learns what it is to serve. */
@FunctionalInterface
public interface SessionBindings {
  /**
   * Starts the stores of this application, if they are not running yet.
   *
   * @param context where the application is served
   * @return one binding per type of session data
   * @throws RuntimeException if the application cannot be served as it is configured; the text says
   *     why and what to do
   */
  List<SessionBinding<?>> start(WebContext context);

  /**
   * Tells that the application is no longer served there, so that another one may be. Stores that
   * run go on.
   *
   * @param context what {@link #start} was called with; does nothing if it was not
   */
  default void stop(WebContext context) {}
}
