package org.typedsession.servlet;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.jspecify.annotations.Nullable;

/**
 * Starts the stores when the application starts, so that a back-end that refuses fails the
 * deployment. Some containers call listeners of the application before.
 *
 * <p>{@link SessionFilter} starts them as well, but Undertow initializes filters for the first
 * request only. {@link SessionFilterInitializer} registers this.
 */
public final class SessionStarter implements ServletContextListener {
  private static final System.Logger LOGGER = System.getLogger(SessionStarter.class.getName());

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
    bindings.start(context(event));
  }

  /** Lets another deployment have this one's place, before CDI ends. */
  @Override
  public void contextDestroyed(ServletContextEvent event) {
    WebContext context = context(event);
    context.end();
    stop(bindings, context);
  }

  static void stop(@Nullable SessionBindings bindings, WebContext context) {
    if (bindings == null) {
      return;
    }
    try {
      bindings.stop(context);
    } catch (RuntimeException e) {
      // Where CDI has ended first, the stores have been closed with it.
      LOGGER.log(System.Logger.Level.DEBUG, "the stores are closed already", e);
    }
  }

  private static WebContext context(ServletContextEvent event) {
    return WebContext.of(event.getServletContext(), SessionFilterInitializer.NAME);
  }
}
