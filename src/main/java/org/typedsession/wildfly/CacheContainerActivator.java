package org.typedsession.wildfly;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jboss.msc.service.ServiceActivator;
import org.jboss.msc.service.ServiceActivatorContext;
import org.jboss.msc.service.ServiceController;
import org.jboss.msc.service.ServiceName;
import org.jboss.msc.service.ServiceRegistry;

/**
 * Has WildFly start the cache container of the sessions, and define the cache that the
 * administrator declared in it, and keep both until the server stops. The cache itself is started
 * by who opens it, which may have to wait for other nodes; it is the container's from then on.
 *
 * <p>WildFly starts them on demand, and a lookup by name is no demand: it finds a name that is
 * bound to something not started. A resource reference would be one, but fails the deployment on a
 * server without that container, and ends with the deployment: on a single node every redeployment
 * would lose the sessions. WildFly calls this through {@code META-INF/services}; no other server
 * does.
 */
public final class CacheContainerActivator implements ServiceActivator {
  private static final ServiceName BINDINGS =
      ServiceName.of("jboss", "naming", "context", "java", "jboss", "infinispan");
  private static final String CACHE = "typed-sessions";
  // The administrator's own for sessions; failing that, the one that HttpSession uses.
  private static final List<String> CONTAINERS = List.of("typedsession", "web");

  @Override
  public void activate(ServiceActivatorContext context) {
    ServiceRegistry registry = context.getServiceRegistry();
    CONTAINERS.stream()
        .filter(name -> registry.getService(BINDINGS.append("container", name)) != null)
        .findFirst()
        .ifPresent(
            container ->
                Stream.of(
                        BINDINGS.append("container", container),
                        BINDINGS.append("configuration", container, CACHE))
                    .map(registry::getService)
                    .filter(Objects::nonNull)
                    .forEach(service -> service.setMode(ServiceController.Mode.ACTIVE)));
  }
}
