package org.typedsession.infinispan.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
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
import org.jspecify.annotations.Nullable;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.cluster.ClusterWatch;
import org.typedsession.infinispan.cluster.MembershipLease;

/**
 * Starts a cache for sessions in a container that this library runs itself, where there is no
 * server's or the application wants none.
 *
 * @see SessionCacheLocator
 */
public final class EmbeddedContainer {
  private EmbeddedContainer() {}

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

  /** Starts a cache manager of its own for this JVM alone; closing the cache stops it. */
  public static SessionCache local(String cacheName) {
    return local(cacheName, StandardCacheConfiguration.standard(false, false));
  }

  /** As {@link #local(String)}, with another configuration than the standard one. */
  public static SessionCache local(String cacheName, Configuration configuration) {
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
        StandardCacheConfiguration.standard(true, accepted.servesWhenSplit()),
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
          StartPlan.of(
                  manager,
                  cacheName,
                  StartPlan.waits(manager, accepted) ? clusterSize : 1,
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
  public static void startDefined(
      EmbeddedCacheManager manager, String cacheName, Configuration configuration) {
    // Under its own name the manager would start the cache. A pattern stands for it until it runs.
    manager.defineConfiguration(
        cacheName + "*", new ConfigurationBuilder().read(configuration).template(true).build());
    manager.start();
    manager.defineConfiguration(cacheName, configuration);
  }

  /**
   * As {@link #await(String, Cluster, AcceptedRisks, int)}, at once and with another configuration
   * than the standard one.
   */
  public static SessionCache clustered(
      String cacheName,
      Cluster cluster,
      Configuration configuration,
      AcceptedRisks accepted,
      int clusterSize) {
    return start(parse(cacheName, cluster), cacheName, configuration, accepted, clusterSize);
  }

  private static ConfigurationBuilderHolder holder(GlobalConfigurationBuilder global) {
    return new ConfigurationBuilderHolder(EmbeddedContainer.class.getClassLoader(), global);
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
    cluster.jgroupsFile().ifPresent(EmbeddedContainer::requireFile);
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
    ParserRegistry parser =
        new ParserRegistry(EmbeddedContainer.class.getClassLoader(), false, values);
    try (InputStream xml =
        Objects.requireNonNull(
            EmbeddedContainer.class.getResourceAsStream("cluster.xml"), "cluster.xml")) {
      return parser.parse(xml, MediaType.APPLICATION_XML);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Infinispan names the stack, and not the file.
  private static void requireFile(String jgroupsFile) {
    if (FileLookupFactory.newInstance()
            .lookupFileLocation(jgroupsFile, EmbeddedContainer.class.getClassLoader())
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
}
