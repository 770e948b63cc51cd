package org.typedsession.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Registers {@link SessionFilter} in front of all filters of the application, and another one
 * behind them, which sees whom they have authenticated. Notes where the application is served, so
 * that its stores can be used from then on.
 *
 * <p>An application that maps the filter itself says so with the context parameter {@code
 * typed-session.filter} and the value {@code manual}. It is to come behind filters that
 * authenticate then.
 */
public final class SessionFilterInitializer implements ServletContainerInitializer {
  /** The context parameter that switches this class off. */
  public static final String PARAMETER = "typed-session.filter";

  private static final System.Logger LOGGER =
      System.getLogger(SessionFilterInitializer.class.getName());
  private static final String MANUAL = "manual";

  /** The name under which the filter is registered. */
  static final String NAME = "typed-session";

  private static final String PRINCIPALS = NAME + "-principals";

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
    FilterRegistration.Dynamic principals = context.addFilter(PRINCIPALS, new PrincipalFilter());
    if (filter == null || principals == null) {
      String taken = filter == null ? NAME : PRINCIPALS;
      throw new ServletException(Messages.filterNameTaken(taken, PARAMETER, MANUAL));
    }
    context.addListener(SessionStarter.class);
    // In front of all others: a fragment or an annotation would come behind those of web.xml.
    SessionFilter.map(filter, false);
    principals.setAsyncSupported(true);
    // By name, since filters that are mapped by name come behind those that are mapped by URL.
    principals.addMappingForServletNames(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, "*");
  }
}
