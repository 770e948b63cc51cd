package org.typedsession.servlet;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.jspecify.annotations.Nullable;

/**
 * Starts the stores when the application starts, so that a back-end that refuses fails the
 * deployment, and before a listener of the application uses one.
 *
 * <p>{@link SessionFilter} starts them as well, but Undertow initializes filters for the first
 * request only. {@link SessionFilterInitializer} registers this.
 */
public final class SessionStarter implements ServletContextListener {
  private @Nullable SessionBindings bindings;

  /** For containers. */
  public SessionStarter() {}

  /** For containers. */
  @Inject
  void bindings(SessionBindings injected) {
    this.bindings = injected;
  }

  /**
   * Starts the stores. Does nothing where nothing was injected: that is for the filter to report,
   * which an application may have given its bindings by hand.
   *
   * @throws RuntimeException if the application cannot be served as it is configured
   */
  @Override
  public void contextInitialized(ServletContextEvent event) {
    if (bindings != null) {
      bindings.start(event.getServletContext().getContextPath());
    }
  }
}
