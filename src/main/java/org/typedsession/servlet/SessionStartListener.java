package org.typedsession.servlet;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.jspecify.annotations.Nullable;

/**
 * Starts the stores with the application, so that what is wrong with them fails the deployment and
 * not the first request: containers may put off the filter's own start until then.
 *
 * <p>Public because the container makes it; {@link SessionFilterInitializer} registers it.
 */
public final class SessionStartListener implements ServletContextListener {
  private @Nullable SessionBindings bindings;

  /** For containers. */
  @Inject
  void bindings(SessionBindings injected) {
    this.bindings = injected;
  }

  /**
   * Starts the stores.
   *
   * @throws RuntimeException if the application cannot be served as it is configured
   */
  @Override
  public void contextInitialized(ServletContextEvent event) {
    // Without CDI the filter says what is missing.
    if (bindings != null) {
      bindings.start(event.getServletContext().getContextPath());
    }
  }
}
