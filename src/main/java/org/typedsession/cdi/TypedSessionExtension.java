package org.typedsession.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.BeforeShutdown;
import jakarta.enterprise.inject.spi.Decorator;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.enterprise.inject.spi.DeploymentException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessBean;
import jakarta.enterprise.inject.spi.ProcessInjectionPoint;
import jakarta.enterprise.inject.spi.ProcessObserverMethod;
import jakarta.enterprise.util.AnnotationLiteral;
import jakarta.interceptor.Interceptor;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.typedsession.Session;
import org.typedsession.assembly.DataType;
import org.typedsession.assembly.Libraries;
import org.typedsession.assembly.Problem;
import org.typedsession.assembly.StoreAssembly;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.security.CallerBindings;
import org.typedsession.security.CallerInterceptor;
import org.typedsession.servlet.RequestSessions;
import org.typedsession.servlet.SessionBindings;

/**
 * Provides sessions to CDI: for every type {@code X} that an injection point names as {@code
 * Session<X>} or {@code SessionStore<X>}, directly or in an {@code Instance} or {@code Provider},
 * it registers
 *
 * <ul>
 *   <li>{@code SessionStore<X>}, {@code @ApplicationScoped};
 *   <li>{@code Session<X>}, in a scope of its own: one per request;
 *   <li>and once {@link SessionBindings}, from which the filter learns what to serve,
 * </ul>
 *
 * <p>each unless the application has a bean of that type itself. Where the server has MicroProfile
 * Health, a readiness check for all of them comes with it, {@code @ApplicationScoped} too. Where it
 * has Jakarta Security, {@link CallerBindings} and the interceptor of {@link
 * org.typedsession.security.CallerInSession} do. A bean of type {@link DefaultSessionStore
 * DefaultSessionStore&lt;X&gt;} is used for {@code Session<X>} too. Beans of type {@code X} and
 * {@link org.typedsession.TypedSessionConfiguration} are used where there are any, never
 * registered.
 *
 * <p>Not for use by applications.
 */
public final class TypedSessionExtension implements Extension {
  private static final System.Logger LOGGER =
      System.getLogger(TypedSessionExtension.class.getName());

  private final InjectionPointTypes requested = new InjectionPointTypes();
  private final ApplicationBeans application = new ApplicationBeans();
  private final Set<Type> provided = ConcurrentHashMap.newKeySet();
  // What was found in time, and has a bean.
  private final Set<Type> given = ConcurrentHashMap.newKeySet();
  private volatile List<DataType> types = List.of();
  private volatile boolean collecting = true;
  private volatile @Nullable StoreAssembly stores;
  private volatile @Nullable SessionEvents events;

  @SuppressWarnings("serial") // never is
  private static final class InterceptorMark extends AnnotationLiteral<Interceptor>
      implements Interceptor {}

  // Before the classes of the application are looked at, of which one may be marked with it.
  void intercept(@Observes BeforeBeanDiscovery event) {
    if (Libraries.has(Libraries.JAKARTA_SECURITY)) {
      event
          .addAnnotatedType(CallerInterceptor.class, CallerInterceptor.class.getName())
          .add(new InterceptorMark());
    }
  }

  // Injection points are the only place that names the types of session data. WildFly tells those
  // of servlets once more when the application is deployed, which is too late to matter.
  void collect(@Observes ProcessInjectionPoint<?, ?> event) {
    if (collecting) {
      requested.note(event.getInjectionPoint());
    } else {
      InjectionPointTypes late = new InjectionPointTypes();
      late.note(event.getInjectionPoint());
      late.unless(given::contains)
          .forEach(
              point -> LOGGER.log(System.Logger.Level.WARNING, () -> Messages.askedTooLate(point)));
    }
  }

  // What the application provides itself is not ours to add.
  void giveWay(@Observes ProcessBean<?> event) {
    Bean<?> bean = event.getBean();
    if (stores == null) {
      application.note(bean);
    }
    if (collecting
        && !(bean instanceof Decorator)
        && bean.getQualifiers().contains(Default.Literal.INSTANCE)) {
      provided.addAll(bean.getTypes());
    }
  }

  // Who is to be told, where an event does not reach all that observe it.
  void note(@Observes ProcessObserverMethod<?, ?> event) {
    if (stores == null) {
      application.note(event.getObserverMethod());
    }
  }

  // Before the container looks for the beans of the injection points, and reports in its own words
  // those that it does not find.
  void register(@Observes AfterBeanDiscovery event) {
    collecting = false;
    requested
        .problems(provided::contains)
        .forEach(problem -> event.addDefinitionError(new DefinitionException(problem)));
    types = requested.dataTypes(provided::contains);
    given.addAll(provided);
    types.forEach(type -> given.addAll(List.of(BeanTypes.store(type), BeanTypes.session(type))));
    event.addContext(new RequestSessionContext(this::isServed));
    if (!provided.contains(SessionBindings.class)) {
      add(event, SessionBindings.class, ApplicationScoped.class, running -> running);
    }
    if (Libraries.has(Libraries.JAKARTA_SECURITY)) {
      add(event, CallerBindings.class, ApplicationScoped.class, running -> callers(running));
    }
    if (!types.isEmpty() && Libraries.has(Libraries.MICROPROFILE_HEALTH)) {
      event.addBean(ReadinessCheck.bean(requested.anyOwner().orElseThrow(), () -> stores));
    }
    for (DataType type : types) {
      if (!provided.contains(BeanTypes.store(type))) {
        add(event, BeanTypes.store(type), ApplicationScoped.class, running -> running.store(type));
      } else if (!provided.contains(BeanTypes.defaultStore(type))) {
        // Only a request for Session<X> can have brought a type here whose store is not ours.
        event.addDefinitionError(
            new DefinitionException(Messages.storeWithoutSession(type.toString())));
      }
      if (!provided.contains(BeanTypes.session(type))) {
        add(
            event,
            BeanTypes.session(type),
            RequestSessionScoped.class,
            running -> session(running, type));
      }
    }
  }

  private static CallerBindings callers(StoreAssembly running) {
    return running::binding;
  }

  private boolean isServed() {
    StoreAssembly running = stores;
    return running != null && running.isServed();
  }

  private static Session<?> session(StoreAssembly running, DataType type) {
    return new InjectedSession<>(
        RequestSessions.current().orElseThrow().session(running.binding(type)));
  }

  private void add(
      AfterBeanDiscovery event,
      Type type,
      Class<? extends Annotation> scope,
      Function<StoreAssembly, Object> create) {
    event
        .addBean()
        .id(TypedSessionExtension.class.getName() + " " + type.getTypeName())
        .types(type, Object.class)
        .scope(scope)
        .createWith(context -> create.apply(Objects.requireNonNull(stores, "not deployed yet")));
  }

  // Here and not before, as beans of other extensions may be the default data, and as the
  // application's beans may be called from now on.
  void check(@Observes AfterDeploymentValidation event, BeanManager beans) {
    StoreRequests finder = new StoreRequests(beans, application, Set.copyOf(provided)::contains);
    SessionEvents told = new SessionEvents(beans, application.observers());
    StoreAssembly assembled = StoreAssembly.of(finder.find(types), told);
    finder.problems().forEach(event::addDeploymentProblem);
    assembled.problems().forEach(problem -> event.addDeploymentProblem(exception(problem)));
    application
        .callerProblems(types)
        .forEach(problem -> event.addDeploymentProblem(new DeploymentException(problem)));
    events = told;
    stores = assembled;
    requested.clear();
    application.clear();
    provided.clear();
    types = List.of();
  }

  private static RuntimeException exception(Problem problem) {
    return switch (problem.kind()) {
      case DEFINITION -> new DefinitionException(problem.text(), problem.cause());
      case DEPLOYMENT -> new DeploymentException(problem.text(), problem.cause());
    };
  }

  // After the last bean that may use a store.
  void close(@Observes BeforeShutdown event) {
    StoreAssembly running = stores;
    SessionEvents told = events;
    if (running == null || told == null) {
      return;
    }
    // Back-ends may have something to report until they are closed.
    try {
      running.close();
    } finally {
      told.close();
    }
  }
}
