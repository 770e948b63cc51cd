package org.typedsession.infinispan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.NoInitialContextException;
import org.infinispan.commons.CacheConfigurationException;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.global.ShutdownHookBehavior;
import org.infinispan.configuration.parsing.ConfigurationBuilderHolder;
import org.infinispan.configuration.parsing.ParserRegistry;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.remoting.transport.jgroups.JGroupsTransport;
import org.jspecify.annotations.Nullable;
import org.typedsession.spi.Messages;

/**
 * The two ways to a cache for sessions: in a container that the server runs, or in one of its own.
 */
public final class SessionCaches {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);

  private SessionCaches() {}

  /**
   * How a cache manager of its own finds the other nodes.
   *
   * @param clusterName nodes of one name share their sessions
   * @param bindAddress the address that this node listens on
   * @param bindPort the port, for exactly this node
   * @param initialHosts where to look for the others, as {@code host[port]}
   * @param jgroupsFile a JGroups configuration to use in place of the library's, in which case the
   *     other values but the name are for that file to say
   */
  public record Cluster(
      String clusterName,
      String bindAddress,
      int bindPort,
      List<String> initialHosts,
      Optional<String> jgroupsFile) {
    /**
     * @throws IllegalArgumentException if a value cannot be one
     */
    public Cluster {
      if (clusterName.isBlank()) {
        throw new IllegalArgumentException("clusterName must not be blank");
      }
      if (bindPort < 1 || bindPort > 65_535) {
        throw new IllegalArgumentException("bindPort must be 1 to 65535, was " + bindPort);
      }
      if (initialHosts.isEmpty() && jgroupsFile.isEmpty()) {
        throw new IllegalArgumentException("initialHosts must name at least one host[port]");
      }
      initialHosts = List.copyOf(initialHosts);
    }
  }

  /**
   * Opens a cache in a container that the server runs, and defines it there if the administrator
   * has not.
   *
   * @param jndiName where the container is
   * @param cacheName the cache
   * @param accepted see {@link SessionCache#of}
   * @param clusterSize see {@link SessionCache#of}
   * @return the cache, or empty if there is no such container
   * @throws IllegalStateException if there is one that does not start
   * @throws UnsafeCacheException if the administrator's cache would break a promise
   */
  public static Optional<SessionCache> ofServer(
      String jndiName, String cacheName, AcceptedRisks accepted, int clusterSize) {
    return lookUp(jndiName)
        .map(
            container -> {
              define(container, cacheName, accepted.splitMayFork());
              return SessionCache.of(container.getCache(cacheName), accepted, clusterSize);
            });
  }

  /** Starts a cache manager of its own for this JVM alone; closing the cache stops it. */
  public static SessionCache local(String cacheName) {
    return local(cacheName, CacheSettings.standard(false, false));
  }

  static SessionCache local(String cacheName, Configuration configuration) {
    GlobalConfigurationBuilder global =
        new GlobalConfigurationBuilder().nonClusteredDefault().cacheManagerName(cacheName);
    return start(holder(global), cacheName, configuration, AcceptedRisks.NONE, 1);
  }

  /**
   * Starts a cache manager of its own that joins other nodes; closing the cache leaves them.
   *
   * @param accepted see {@link SessionCache#of}
   * @param clusterSize see {@link SessionCache#of}
   */
  public static SessionCache clustered(
      String cacheName, Cluster cluster, AcceptedRisks accepted, int clusterSize) {
    return clustered(
        cacheName,
        cluster,
        CacheSettings.standard(true, accepted.splitMayFork()),
        accepted,
        clusterSize);
  }

  static SessionCache clustered(
      String cacheName,
      Cluster cluster,
      Configuration configuration,
      AcceptedRisks accepted,
      int clusterSize) {
    ConfigurationBuilderHolder holder =
        cluster
            .jgroupsFile()
            .map(file -> holder(cacheName, cluster.clusterName(), file))
            .orElseGet(() -> parse(cacheName, cluster));
    return start(holder, cacheName, configuration, accepted, clusterSize);
  }

  private static ConfigurationBuilderHolder holder(
      String cacheName, String clusterName, String jgroupsFile) {
    GlobalConfigurationBuilder global = GlobalConfigurationBuilder.defaultClusteredBuilder();
    global.cacheManagerName(cacheName);
    global
        .transport()
        .clusterName(clusterName)
        .addProperty(JGroupsTransport.CONFIGURATION_FILE, jgroupsFile);
    return holder(global);
  }

  private static ConfigurationBuilderHolder holder(GlobalConfigurationBuilder global) {
    return new ConfigurationBuilderHolder(SessionCaches.class.getClassLoader(), global);
  }

  private static SessionCache start(
      ConfigurationBuilderHolder holder,
      String cacheName,
      Configuration configuration,
      AcceptedRisks accepted,
      int clusterSize) {
    GlobalConfigurationBuilder global = quiet(holder.getGlobalConfigurationBuilder());
    ManagerThreads threads = ManagerThreads.of(global);
    EmbeddedCacheManager manager = null;
    try {
      manager = new DefaultCacheManager(holder, true);
      manager.defineConfiguration(cacheName, configuration);
      return SessionCache.owned(manager, cacheName, accepted, clusterSize, threads::end);
    } catch (RuntimeException e) {
      if (manager != null) {
        manager.stop();
      }
      threads.end();
      throw e;
    }
  }

  private static ConfigurationBuilderHolder parse(String cacheName, Cluster cluster) {
    Properties values = new Properties();
    values.setProperty("typed-session.container", cacheName);
    values.setProperty("typed-session.cluster-name", cluster.clusterName());
    values.setProperty("typed-session.bind-address", cluster.bindAddress());
    values.setProperty("typed-session.bind-port", Integer.toString(cluster.bindPort()));
    values.setProperty("typed-session.initial-hosts", String.join(",", cluster.initialHosts()));
    ParserRegistry parser = new ParserRegistry(SessionCaches.class.getClassLoader(), false, values);
    try (InputStream xml =
        Objects.requireNonNull(
            SessionCaches.class.getResourceAsStream("cluster.xml"), "cluster.xml")) {
      return parser.parse(xml, MediaType.APPLICATION_XML);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Several applications of one JVM have a manager each: no shared names in JMX.
  private static GlobalConfigurationBuilder quiet(GlobalConfigurationBuilder global) {
    global.jmx().enabled(false);
    global.metrics().gauges(false).histograms(false);
    global.shutdown().hookBehavior(ShutdownHookBehavior.DONT_REGISTER);
    return global;
  }

  // A definition outlives the deployment that made it, and two deployments may come at once.
  private static void define(EmbeddedCacheManager manager, String cacheName, boolean splitMayFork) {
    if (manager.getCacheConfiguration(cacheName) != null) {
      return;
    }
    boolean clustered = manager.getCacheManagerConfiguration().isClustered();
    try {
      manager.defineConfiguration(cacheName, CacheSettings.standard(clustered, splitMayFork));
    } catch (CacheConfigurationException e) {
      if (manager.getCacheConfiguration(cacheName) == null) {
        throw e;
      }
    }
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
        // WildFly binds the name of a container that it has not started yet, and says so this way.
        boolean starting = unbound.getCause() instanceof IllegalStateException;
        if (!starting) {
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
