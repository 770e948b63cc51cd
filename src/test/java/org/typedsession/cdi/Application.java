package org.typedsession.cdi;

import jakarta.enterprise.util.TypeLiteral;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.typedsession.servlet.SessionBindings;
import org.typedsession.servlet.SessionFilter;

/** A deployed application: some classes, with the extension, on Weld SE. */
final class Application implements AutoCloseable {
  private final WeldContainer container;

  private Application(WeldContainer container) {
    this.container = container;
  }

  /** Deploys {@code classes} as an application without a {@code beans.xml}. */
  static Application deploy(Class<?>... classes) {
    return new Application(
        new Weld()
            .disableDiscovery()
            .addExtension(new TypedSessionExtension())
            .addBeanClass(Anything.class)
            .addBeanClasses(classes)
            .initialize());
  }

  // Weld wants one bean at least.
  static final class Anything {}

  <T> T get(Class<T> type) {
    return container.select(type).get();
  }

  <T> T get(TypeLiteral<T> type) {
    return container.select(type).get();
  }

  /** Whether there is exactly one bean of {@code type}. */
  boolean has(TypeLiteral<?> type) {
    return container.select(type).isResolvable();
  }

  /** Starts the filter of this application. */
  Browser browse(String contextPath) {
    SessionBindings bindings = get(SessionBindings.class);
    return new Browser(new SessionFilter(bindings), bindings.start(contextPath));
  }

  @Override
  public void close() {
    container.close();
  }
}
