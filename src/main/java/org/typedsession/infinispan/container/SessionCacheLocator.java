package org.typedsession.infinispan.container;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.NoInitialContextException;
import org.infinispan.Cache;
import org.infinispan.commons.CacheConfigurationException;
import org.infinispan.manager.EmbeddedCacheManager;
import org.jspecify.annotations.Nullable;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.UnsafeCacheException;

/**
 * Finds a cache for sessions in a container that the server runs.
 *
 * @see EmbeddedContainer
 */
public final class SessionCacheLocator {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String SERVER_CONTAINERS = "java:jboss/infinispan/container/";
  private static final String SERVER_CONFIGURATIONS = "java:jboss/infinispan/configuration/";

  private SessionCacheLocator() {}

  /**
   * Opens a cache in a container that the server runs, and defines it there if the administrator
   * has not.
   *
   * @param jndiName where the container is
   * @param cacheName the cache
   * @param accepted see {@link SessionCache#of}
   * @param clusterSize see {@link SessionCache#of}
   * @return the cache, or empty if there is no such container; where a majority of {@code
   *     clusterSize} is not there yet, nor the cache started by somebody else, it is awaited
   * @throws IllegalStateException if there is one that does not start, or does not get the cache
   *     that the administrator gave it
   * @throws UnsafeCacheException if the administrator's cache would break a promise
   */
  public static Optional<AwaitedCache> find(
      String jndiName, String cacheName, AcceptedRisks accepted, int clusterSize) {
    return lookUp(jndiName)
        .map(
            container -> {
              define(jndiName, container, cacheName, accepted);
              return open(container, cacheName, accepted, clusterSize);
            });
  }

  private static AwaitedCache open(
      EmbeddedCacheManager container, String cacheName, AcceptedRisks accepted, int clusterSize) {
    SessionCache.requireSafe(
        cacheName, Objects.requireNonNull(container.getCacheConfiguration(cacheName)), accepted);
    // What runs already has met the others as it is.
    boolean awaited = StartPlan.waits(container, accepted) && !container.isRunning(cacheName);
    Function<Cache<String, String>, SessionCache> open =
        cache -> SessionCache.of(cache, accepted, clusterSize);
    return AwaitedCache.open(
        StartPlan.of(container, cacheName, awaited ? clusterSize : 1, open, () -> {}),
        AwaitedCache.Timing.STANDARD);
  }

  // A definition outlives the deployment that made it, and two deployments may come at once.
  private static void define(
      String container, EmbeddedCacheManager manager, String cacheName, AcceptedRisks accepted) {
    if (isDefinedByServer(container, manager, cacheName)
        || manager.getCacheConfiguration(cacheName) != null) {
      return;
    }
    boolean clustered = manager.getCacheManagerConfiguration().isClustered();
    try {
      manager.defineConfiguration(
          cacheName, StandardCacheConfiguration.standard(clustered, accepted.servesWhenSplit()));
    } catch (CacheConfigurationException e) {
      if (manager.getCacheConfiguration(cacheName) == null) {
        throw e;
      }
    }
  }

  /**
   * WildFly starts a container before it defines the caches in it that its model has. One that this
   * library defined meanwhile would differ from that of the other nodes, and the server's own would
   * fail. The name of its configuration is bound before either.
   *
   * @return whether the model has the cache; then the manager has it as well
   */
  private static boolean isDefinedByServer(
      String container, EmbeddedCacheManager manager, String cacheName) {
    if (!container.startsWith(SERVER_CONTAINERS)) {
      return false;
    }
    String name =
        SERVER_CONFIGURATIONS + container.substring(SERVER_CONTAINERS.length()) + "/" + cacheName;
    long begin = System.nanoTime();
    while (isBound(name)) {
      if (manager.getCacheConfiguration(cacheName) != null) {
        return true;
      }
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException(Messages.cacheNotDefined(name));
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return false;
  }

  /** Whether there is such a name, be it of something that has not started yet. */
  @SuppressWarnings("BanJNDI") // Built from a constant of this server's own naming context.
  private static boolean isBound(String name) {
    try {
      InitialContext.doLookup(name);
      return true;
    } catch (NamingException e) {
      NameNotFoundException unbound = unbound(e);
      return unbound != null && isStarting(unbound);
    }
  }

  // WildFly binds the name of what it has not started yet, and says so this way.
  private static boolean isStarting(NameNotFoundException unbound) {
    return unbound.getCause() instanceof IllegalStateException;
  }

  @SuppressWarnings("BanJNDI") // The name is checked to be of this server's own naming context.
  private static Optional<EmbeddedCacheManager> lookUp(String jndiName) {
    if (!jndiName.startsWith("java:")) {
      throw new IllegalArgumentException(
          "the container must be a name of this server, beginning with java:, was " + jndiName);
    }
    long begin = System.nanoTime();
    while (true) {
      try {
        return InitialContext.doLookup(jndiName) instanceof EmbeddedCacheManager manager
            ? Optional.of(manager)
            : Optional.empty();
      } catch (NoInitialContextException e) {
        return Optional.empty();
      } catch (NamingException e) {
        NameNotFoundException unbound = unbound(e);
        if (unbound == null) {
          throw new IllegalStateException("the lookup of " + jndiName + " failed", e);
        }
        if (!isStarting(unbound)) {
          return Optional.empty();
        }
        if (System.nanoTime() - begin > PATIENCE.toNanos()) {
          throw new IllegalStateException(Messages.containerDown(jndiName), e);
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  // GlassFish and Payara wrap it.
  private static @Nullable NameNotFoundException unbound(NamingException failure) {
    Throwable cause = failure;
    while (cause instanceof NamingException naming) {
      if (naming instanceof NameNotFoundException unbound) {
        return unbound;
      }
      cause = naming.getCause();
    }
    return null;
  }
}
