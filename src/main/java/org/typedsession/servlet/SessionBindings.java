package org.typedsession.servlet;

import java.util.List;

/** Where the filter learns what it is to serve. */
@FunctionalInterface
public interface SessionBindings {
  /**
   * Starts the stores of this application, if they are not running yet.
   *
   * @param contextPath where the application is served: empty for the root, otherwise with a
   *     leading slash
   * @return one binding per type of session data
   * @throws RuntimeException if the application cannot be served as it is configured; the text says
   *     why and what to do
   */
  List<SessionBinding<?>> start(String contextPath);
}
