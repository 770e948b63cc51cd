package org.typedsession.servlet.filterapp;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import java.util.EnumSet;
import java.util.List;
import org.typedsession.servlet.SessionFilter;

/**
 * Deploys the filter application: register it as a listener. In a WAR that holds the library too,
 * the context parameter {@code typed-session.filter} has to be {@code manual}, and the fixtures of
 * {@code org.typedsession.testing} bring AssertJ along.
 */
public final class FilterApplication implements ServletContextListener {
  /** Where the container's configuration has to lead status 418 and {@link ScenarioException}. */
  public static final String ERROR_PAGE = "/scenario/error-page";

  @Override
  public void contextInitialized(ServletContextEvent event) {
    ServletContext context = event.getServletContext();
    SharedState state = new SharedState();
    context.setAttribute(SharedState.class.getName(), state);

    EnumSet<DispatcherType> filtered =
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
    SessionFilter filter = new SessionFilter(served -> List.of(state.accounts(), state.notes()));
    add(context, "surroundings", new SurroundingFilter("outer"), filtered, "/scenario/*");
    SessionFilter.map(context.addFilter("typed-session", filter), true);
    add(context, "insides", new SurroundingFilter("inner"), filtered, "/scenario/*");
    // What an application may do by mistake.
    @SuppressWarnings("UnnecessaryMethodReference") // another filter, which leads to the same one
    Filter again = filter::doFilter;
    add(context, "twice", again, EnumSet.allOf(DispatcherType.class), "/scenario/twice");

    add(context, "scenarios", new ScenarioServlet(state), "/scenario/*");
    add(context, "control", new ControlServlet(state), "/control/*");
  }

  private static void add(
      ServletContext context,
      String name,
      Filter filter,
      EnumSet<DispatcherType> types,
      String pattern) {
    FilterRegistration.Dynamic registration = context.addFilter(name, filter);
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(types, true, pattern);
  }

  private static void add(ServletContext context, String name, Servlet servlet, String pattern) {
    ServletRegistration.Dynamic registration = context.addServlet(name, servlet);
    registration.setAsyncSupported(true);
    registration.addMapping(pattern);
  }
}
