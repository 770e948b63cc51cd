package org.typedsession.servlet;

import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.typedsession.spi.Messages;

/**
 * Registers {@link SessionFilter} in front of all filters of the application, and notes where the
 * application is served, so that its stores can be used from then on.
 *
 * <p>An application that maps the filter itself says so with the context parameter {@code
 * typed-session.filter} and the value {@code manual}.
 */
public final class SessionFilterInitializer implements ServletContainerInitializer {
  /** The context parameter that switches this class off. */
  public static final String PARAMETER = "typed-session.filter";

  private static final System.Logger LOGGER =
      System.getLogger(SessionFilterInitializer.class.getName());
  private static final String MANUAL = "manual";

  /** The name under which the filter is registered. */
  static final String NAME = "typed-session";

  /**
   * @throws ServletException if the context parameter has another value, or the application uses
   *     the name of the filter for something else
   */
  @Override
  public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context)
      throws ServletException {
    // The application's own listeners are called before ours, and may use a store.
    WebContext.of(context, NAME).begin();
    String parameter = context.getInitParameter(PARAMETER);
    if (parameter != null) {
      if (!parameter.strip().equals(MANUAL)) {
        throw new ServletException(Messages.filterParameter(PARAMETER, parameter, MANUAL));
      }
      LOGGER.log(System.Logger.Level.INFO, Messages.filterManual(PARAMETER));
      return;
    }
    FilterRegistration.Dynamic filter = context.addFilter(NAME, SessionFilter.class);
    if (filter == null) {
      throw new ServletException(Messages.filterNameTaken(NAME, PARAMETER, MANUAL));
    }
    context.addListener(SessionStarter.class);
    // In front of all others: a fragment or an annotation would come behind those of web.xml.
    SessionFilter.map(filter, false);
  }
}
