package org.typedsession.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.inject.spi.PassivationCapable;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;
import org.typedsession.assembly.Libraries;
import org.typedsession.assembly.StoreAssembly;
import org.typedsession.spi.Readiness.NotReady;
import org.typedsession.spi.Readiness.Ready;

/**
 * The stores of an application as a readiness check of MicroProfile Health: up while all of them
 * can serve. Those that start when they are first used count from then on.
 *
 * <p>Links to MicroProfile Health: to be touched only where {@link Libraries} says it is there.
 *
 * <p>The annotation is for Payara, which asks an application for checks only if one of its classes
 * has it. It makes no bean of this one: no archive of beans holds it.
 */
@Readiness
final class ReadinessCheck implements HealthCheck {
  private static final String NAME = "typed-session";
  private static final String APPLICATION = "application";
  private static final String READY = "ready";

  private final Supplier<@Nullable StoreAssembly> stores;

  private ReadinessCheck(Supplier<@Nullable StoreAssembly> stores) {
    this.stores = stores;
  }

  /**
   * The bean by which servers find the check.
   *
   * @param owner a class of the application
   * @param stores asked at each call; null until the application is deployed
   */
  static Bean<?> bean(Class<?> owner, Supplier<@Nullable StoreAssembly> stores) {
    return new CheckBean(owner, stores);
  }

  @Override
  public HealthCheckResponse call() {
    StoreAssembly running = stores.get();
    HealthCheckResponseBuilder response = HealthCheckResponse.named(NAME);
    if (running == null) {
      return response.up().build();
    }
    // A server may hold several applications, and shows the checks of all in one list.
    running.place().ifPresent(place -> response.withData(APPLICATION, place));
    Map<String, org.typedsession.spi.Readiness> found = running.readiness();
    found.forEach((type, readiness) -> response.withData(type, text(readiness)));
    return response.status(found.values().stream().noneMatch(NotReady.class::isInstance)).build();
  }

  private static String text(org.typedsession.spi.Readiness readiness) {
    if (readiness instanceof NotReady not) {
      return not.reason();
    }
    return readiness instanceof Ready ready && ready.remark().isPresent()
        ? READY + ", but: " + ready.remark().get()
        : READY;
  }

  /**
   * By hand, and not by a configurator, so that it belongs to the archive of the application. Weld
   * puts what a configurator makes into the archive of the extension; WildFly looks for checks in
   * those of the application only.
   */
  private record CheckBean(Class<?> owner, Supplier<@Nullable StoreAssembly> stores)
      implements Bean<HealthCheck>, PassivationCapable {
    // Weld warns at each deployment of a bean that has a proxy and no id.
    @Override
    public String getId() {
      return ReadinessCheck.class.getName() + " " + owner.getName();
    }

    @Override
    public Class<?> getBeanClass() {
      return owner;
    }

    @Override
    public Set<Type> getTypes() {
      return Set.of(HealthCheck.class, Object.class);
    }

    @Override
    public Set<Annotation> getQualifiers() {
      return Set.of(Readiness.Literal.INSTANCE, Any.Literal.INSTANCE);
    }

    // Servers that look the check up for each call would pile up dependent ones.
    @Override
    public Class<? extends Annotation> getScope() {
      return ApplicationScoped.class;
    }

    @Override
    public HealthCheck create(CreationalContext<HealthCheck> context) {
      return new ReadinessCheck(stores);
    }

    @Override
    public void destroy(HealthCheck instance, CreationalContext<HealthCheck> context) {
      context.release();
    }

    @Override
    public Set<InjectionPoint> getInjectionPoints() {
      return Set.of();
    }

    @Override
    public @Nullable String getName() {
      return null;
    }

    @Override
    public Set<Class<? extends Annotation>> getStereotypes() {
      return Set.of();
    }

    @Override
    public boolean isAlternative() {
      return false;
    }
  }
}
