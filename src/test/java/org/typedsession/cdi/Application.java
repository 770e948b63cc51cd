package org.typedsession.cdi;

import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.InjectionTarget;
import jakarta.enterprise.util.TypeLiteral;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.typedsession.servlet.SessionBindings;
import org.typedsession.servlet.SessionFilter;
import org.typedsession.servlet.WebContext;

/** A deployed application: some classes, with the extension, on Weld SE. */
final class Application implements AutoCloseable {
  private static final String STORE = "typed-session.store";

  private final WeldContainer container;

  private Application(WeldContainer container) {
    this.container = container;
  }

  /**
   * Deploys {@code classes} as an application without a {@code beans.xml}. Sessions are kept in
   * memory unless the test says otherwise: a cache manager takes its time to start.
   */
  static Application deploy(Class<?>... classes) {
    boolean said = System.getProperty(STORE) != null;
    if (!said) {
      System.setProperty(STORE, "memory");
    }
    try {
      return new Application(
          new Weld()
              .disableDiscovery()
              .addExtension(new TypedSessionExtension())
              .addBeanClass(Anything.class)
              .addBeanClasses(classes)
              .initialize());
    } finally {
      if (!said) {
        System.clearProperty(STORE);
      }
    }
  }

  // Weld wants one bean at least.
  static final class Anything {}

  <T> T get(Class<T> type) {
    return container.select(type).get();
  }

  <T> T get(TypeLiteral<T> type) {
    return container.select(type).get();
  }

  /** A new object of a class that is no bean, injected as servers do it with filters. */
  <T> T make(Class<T> type) {
    BeanManager beans = container.getBeanManager();
    CreationalContext<T> context = beans.createCreationalContext(null);
    InjectionTarget<T> target =
        beans
            .getInjectionTargetFactory(beans.createAnnotatedType(type))
            .createInjectionTarget(null);
    T made = target.produce(context);
    target.inject(made, context);
    return made;
  }

  /** Whether there is exactly one bean of {@code type}. */
  boolean has(TypeLiteral<?> type) {
    return container.select(type).isResolvable();
  }

  /** Starts the filter of this application. */
  Browser browse(String contextPath) {
    return browse("localhost", contextPath);
  }

  /** Starts the filter of this application on one of several virtual servers. */
  Browser browse(String virtualServer, String contextPath) {
    SessionBindings bindings = get(SessionBindings.class);
    return new Browser(
        new SessionFilter(bindings), bindings.start(context(virtualServer, contextPath)));
  }

  /** Ends the web context, and leaves CDI running. */
  void stop(String virtualServer, String contextPath) {
    get(SessionBindings.class).stop(context(virtualServer, contextPath));
  }

  private static WebContext context(String virtualServer, String contextPath) {
    return new WebContext(virtualServer, contextPath, "typed-session");
  }

  @Override
  public void close() {
    container.close();
  }
}
