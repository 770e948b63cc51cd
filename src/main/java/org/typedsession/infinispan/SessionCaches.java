package org.typedsession.infinispan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntSupplier;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.NoInitialContextException;
import org.infinispan.Cache;
import org.infinispan.commons.CacheConfigurationException;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.commons.util.FileLookupFactory;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.configuration.global.ShutdownHookBehavior;
import org.infinispan.configuration.parsing.ConfigurationBuilderHolder;
import org.infinispan.configuration.parsing.ParserRegistry;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.remoting.transport.Address;
import org.jspecify.annotations.Nullable;

/**
 * The two ways to a cache for sessions: in a container that the server runs, or in one of its own.
 */
public final class SessionCaches {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String SERVER_CONTAINERS = "java:jboss/infinispan/container/";
  private static final String SERVER_CONFIGURATIONS = "java:jboss/infinispan/configuration/";

  private SessionCaches() {}

  /**
   * How a cache manager of its own finds the other nodes.
   *
   * @param clusterName nodes of one name share their sessions
   * @param bindAddress the address that this node listens on
   * @param bindPort the port, for exactly this node
   * @param initialHosts where to look for the others, as {@code host[port]}
   * @param dnsQuery the DNS name that has the addresses of all nodes, in place of {@code
   *     initialHosts}
   * @param jgroupsFile a JGroups configuration to use in place of the library's. It sees the other
   *     values as {@code ${typed-session.infinispan.bind-address}} and so on; with {@code dnsQuery}
   *     its TCPPING is replaced
   */
  public record Cluster(
      String clusterName,
      String bindAddress,
      int bindPort,
      List<String> initialHosts,
      Optional<String> dnsQuery,
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
      if (initialHosts.isEmpty() && dnsQuery.isEmpty() && jgroupsFile.isEmpty()) {
        throw new IllegalArgumentException("initialHosts must name at least one host[port]");
      }
      initialHosts = List.copyOf(initialHosts);
    }

    // Of cluster.xml.
    private String stack() {
      return (jgroupsFile.isPresent() ? "file" : "sessions") + (dnsQuery.isPresent() ? "-dns" : "");
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
   * @return the cache, or empty if there is no such container; where a majority of {@code
   *     clusterSize} is not there yet, nor the cache started by somebody else, it is awaited
   * @throws IllegalStateException if there is one that does not start, or does not get the cache
   *     that the administrator gave it
   * @throws UnsafeCacheException if the administrator's cache would break a promise
   */
  public static Optional<AwaitedCache> ofServer(
      String jndiName, String cacheName, AcceptedRisks accepted, int clusterSize) {
    return lookUp(jndiName)
        .map(
            container -> {
              define(jndiName, container, cacheName, accepted);
              return ofServer(container, cacheName, accepted, clusterSize);
            });
  }

  private static AwaitedCache ofServer(
      EmbeddedCacheManager container, String cacheName, AcceptedRisks accepted, int clusterSize) {
    SessionCache.requireSafe(
        cacheName, Objects.requireNonNull(container.getCacheConfiguration(cacheName)), accepted);
    // What runs already has met the others as it is.
    boolean awaited = awaits(container, accepted) && !container.isRunning(cacheName);
    Function<Cache<String, String>, SessionCache> open =
        cache -> SessionCache.of(cache, accepted, clusterSize);
    return AwaitedCache.open(
        plan(container, cacheName, awaited ? clusterSize : 1, open, () -> {}),
        AwaitedCache.Timing.STANDARD);
  }

  // Where both sides of a split go on, a node alone is to go on as well.
  private static boolean awaits(EmbeddedCacheManager manager, AcceptedRisks accepted) {
    return !accepted.splitMayFork() && manager.getCacheManagerConfiguration().isClustered();
  }

  /**
   * A cache of a manager, to be started when a majority is there.
   *
   * @param clusterSize 1 if nobody is to be waited for
   * @param open what to do with it then
   */
  static AwaitedCache.Plan plan(
      EmbeddedCacheManager manager,
      String cacheName,
      int clusterSize,
      Function<Cache<String, String>, SessionCache> open,
      Runnable release) {
    IntSupplier present = () -> present(manager);
    AtomicBoolean stoppedHere = new AtomicBoolean();
    return new AwaitedCache.Plan(
        cacheName,
        clusterSize,
        present,
        () -> {
          // By somebody else, who has met the others: it is not for this plan to stop.
          boolean ranBefore = manager.isRunning(cacheName);
          Cache<String, String> cache = manager.getCache(cacheName);
          if (stoppedHere.get() && !cache.getStatus().allowInvocations()) {
            // The manager keeps a cache that was stopped, and hands it out as it is.
            cache.start();
          }
          if (!ranBefore && present.getAsInt() < clusterSize / 2 + 1) {
            // Whoever was there is gone, and this cache may have started by itself. Nobody has seen
            // it yet.
            stoppedHere.set(true);
            cache.stop();
            return Optional.empty();
          }
          return Optional.of(open.apply(cache));
        },
        release);
  }

  // Null while the manager does not run, and where it is for this process alone.
  private static int present(EmbeddedCacheManager manager) {
    List<Address> members = manager.getMembers();
    return members == null ? 1 : members.size();
  }

  /** Starts a cache manager of its own for this JVM alone; closing the cache stops it. */
  public static SessionCache local(String cacheName) {
    return local(cacheName, StandardCacheConfiguration.standard(false, false));
  }

  static SessionCache local(String cacheName, Configuration configuration) {
    GlobalConfigurationBuilder global =
        new GlobalConfigurationBuilder().nonClusteredDefault().cacheManagerName(cacheName);
    return start(holder(global), cacheName, configuration, AcceptedRisks.NONE, 1);
  }

  /**
   * Starts a cache manager of its own that joins other nodes, and the cache when a majority of
   * {@code clusterSize} is there; closing the cache leaves them.
   *
   * @param accepted see {@link SessionCache#of}; then the cache starts at once
   * @param clusterSize see {@link SessionCache#of}
   */
  public static AwaitedCache await(
      String cacheName, Cluster cluster, AcceptedRisks accepted, int clusterSize) {
    return await(
        cacheName,
        cluster,
        StandardCacheConfiguration.standard(true, accepted.splitMayFork()),
        accepted,
        clusterSize,
        AwaitedCache.Timing.STANDARD);
  }

  static AwaitedCache await(
      String cacheName,
      Cluster cluster,
      Configuration configuration,
      AcceptedRisks accepted,
      int clusterSize,
      AwaitedCache.Timing timing) {
    ConfigurationBuilderHolder holder = parse(cacheName, cluster);
    ManagerThreads threads = ManagerThreads.of(quiet(holder.getGlobalConfigurationBuilder()));
    EmbeddedCacheManager manager = null;
    try {
      manager = defined(holder, cacheName, configuration);
      EmbeddedCacheManager started = manager;
      Optional<DnsNames> names = DnsNames.of(manager, cluster);
      names.ifPresent(DnsNames::warnIfUnknown);
      return AwaitedCache.open(
          plan(
                  manager,
                  cacheName,
                  awaits(manager, accepted) ? clusterSize : 1,
                  cache ->
                      SessionCache.of(
                          cache,
                          accepted,
                          clusterSize,
                          MembershipLease.Timing.STANDARD,
                          ClusterWatch.Owner.LIBRARY),
                  () -> stop(started, threads))
              .whenLate(() -> names.ifPresent(DnsNames::warnIfAlone)),
          timing);
    } catch (RuntimeException e) {
      stop(manager, threads);
      throw e;
    }
  }

  private static void stop(@Nullable EmbeddedCacheManager manager, ManagerThreads threads) {
    try {
      if (manager != null) {
        manager.stop();
      }
    } finally {
      threads.end();
    }
  }

  private static EmbeddedCacheManager defined(
      ConfigurationBuilderHolder holder, String cacheName, Configuration configuration) {
    EmbeddedCacheManager manager = new DefaultCacheManager(holder, false);
    startDefined(manager, cacheName, configuration);
    return manager;
  }

  /**
   * Starts a manager that knows the cache before it meets others. Whichever node is the coordinator
   * decides what becomes of a cache in a split, also of one that it has not started, and by its own
   * configuration of it: without one both sides would go on.
   */
  static void startDefined(
      EmbeddedCacheManager manager, String cacheName, Configuration configuration) {
    // Under its own name the manager would start the cache. A pattern stands for it until it runs.
    manager.defineConfiguration(
        cacheName + "*", new ConfigurationBuilder().read(configuration).template(true).build());
    manager.start();
    manager.defineConfiguration(cacheName, configuration);
  }

  static SessionCache clustered(
      String cacheName,
      Cluster cluster,
      Configuration configuration,
      AcceptedRisks accepted,
      int clusterSize) {
    return start(parse(cacheName, cluster), cacheName, configuration, accepted, clusterSize);
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
    ManagerThreads threads = ManagerThreads.of(quiet(holder.getGlobalConfigurationBuilder()));
    EmbeddedCacheManager manager = null;
    try {
      manager = defined(holder, cacheName, configuration);
      return SessionCache.owned(manager, cacheName, accepted, clusterSize, threads::end);
    } catch (RuntimeException e) {
      stop(manager, threads);
      throw e;
    }
  }

  static ConfigurationBuilderHolder parse(String cacheName, Cluster cluster) {
    cluster.jgroupsFile().ifPresent(SessionCaches::requireFile);
    Properties values = new Properties();
    // What a JGroups file asks for, before its defaults are taken.
    values.putAll(System.getProperties());
    values.setProperty("typed-session.container", cacheName);
    values.setProperty("typed-session.stack", cluster.stack());
    values.setProperty("typed-session.infinispan.cluster-name", cluster.clusterName());
    values.setProperty("typed-session.infinispan.bind-address", cluster.bindAddress());
    values.setProperty("typed-session.infinispan.bind-port", Integer.toString(cluster.bindPort()));
    if (!cluster.initialHosts().isEmpty() || cluster.dnsQuery().isPresent()) {
      values.setProperty(
          "typed-session.infinispan.initial-hosts", String.join(",", cluster.initialHosts()));
    }
    cluster
        .dnsQuery()
        .ifPresent(query -> values.setProperty("typed-session.infinispan.dns-query", query));
    cluster
        .jgroupsFile()
        .ifPresent(file -> values.setProperty("typed-session.infinispan.jgroups-file", file));
    ParserRegistry parser = new ParserRegistry(SessionCaches.class.getClassLoader(), false, values);
    try (InputStream xml =
        Objects.requireNonNull(
            SessionCaches.class.getResourceAsStream("cluster.xml"), "cluster.xml")) {
      return parser.parse(xml, MediaType.APPLICATION_XML);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Infinispan names the stack, and not the file.
  private static void requireFile(String jgroupsFile) {
    if (FileLookupFactory.newInstance()
            .lookupFileLocation(jgroupsFile, SessionCaches.class.getClassLoader())
        == null) {
      throw new IllegalArgumentException(
          "jgroupsFile is neither on the class path nor a path, was " + jgroupsFile);
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
  private static void define(
      String container, EmbeddedCacheManager manager, String cacheName, AcceptedRisks accepted) {
    if (isDefinedByServer(container, manager, cacheName)
        || manager.getCacheConfiguration(cacheName) != null) {
      return;
    }
    boolean clustered = manager.getCacheManagerConfiguration().isClustered();
    try {
      manager.defineConfiguration(
          cacheName, StandardCacheConfiguration.standard(clustered, accepted.splitMayFork()));
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
