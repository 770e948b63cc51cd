package org.typedsession.cdi;

import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.enterprise.context.spi.Context;
import jakarta.enterprise.context.spi.Contextual;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.Bean;
import java.lang.annotation.Annotation;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.servlet.RequestSessions;
import org.typedsession.servlet.SessionFilter;

/**
 * Finds a bean in the request that the thread serves.
 *
 * <p>It says that it is active even when there is no request: CDI would otherwise report, in its
 * own words, a scope that nobody has heard of.
 */
final class RequestSessionContext implements Context {
  // As in META-INF/web-fragment.xml.
  private static final String FRAGMENT = "typed_session";

  private final BooleanSupplier served;

  /**
   * @param served whether there is a filter at all
   */
  RequestSessionContext(BooleanSupplier served) {
    this.served = served;
  }

  @Override
  public Class<? extends Annotation> getScope() {
    return RequestSessionScoped.class;
  }

  @Override
  public boolean isActive() {
    return true;
  }

  @Override
  public <T> T get(Contextual<T> contextual, CreationalContext<T> creationalContext) {
    RequestSessions sessions = sessions(contextual);
    return sessions.computeIfAbsent(
        contextual,
        () -> {
          T instance = contextual.create(creationalContext);
          sessions.onEnd(() -> contextual.destroy(instance, creationalContext));
          return instance;
        });
  }

  @Override
  @SuppressWarnings("unchecked") // put there by the method above, under the same contextual
  public <T> @Nullable T get(Contextual<T> contextual) {
    return (T) sessions(contextual).get(contextual);
  }

  private RequestSessions sessions(Contextual<?> contextual) {
    Optional<RequestSessions> sessions = RequestSessions.current();
    return sessions.orElseThrow(() -> new ContextNotActiveException(problem(name(contextual))));
  }

  // A server that passes over the library's ServletContainerInitializer says nothing of it.
  private String problem(String type) {
    String outside = Messages.outsideOfRequest(type);
    return served.getAsBoolean()
        ? outside
        : outside + ". " + Messages.filterMissing(FRAGMENT, SessionFilter.class.getName());
  }

  private static String name(Contextual<?> contextual) {
    return contextual instanceof Bean<?> bean
        ? bean.getTypes().stream()
            .filter(ParameterizedType.class::isInstance)
            .map(Type::getTypeName)
            .findFirst()
            .orElse("")
        : "";
  }
}
