package org.typedsession.servlet;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.jspecify.annotations.Nullable;
import org.typedsession.spi.Messages;

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
   * Starts the stores.
   *
   * @throws IllegalStateException if nothing was injected: the filter would refuse every request
   * @throws RuntimeException if the application cannot be served as it is configured
   */
  @Override
  public void contextInitialized(ServletContextEvent event) {
    if (bindings == null) {
      throw new IllegalStateException(Messages.filterWithoutBindings());
    }
    bindings.start(event.getServletContext().getContextPath());
  }
}
