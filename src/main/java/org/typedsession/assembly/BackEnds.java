package org.typedsession.assembly;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.typedsession.InfinispanConfiguration;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.TypedSessionConfiguration.Store;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.container.AwaitedCache;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.infinispan.container.SessionCacheLocator;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.TombstonePolicy;

/**
 * Opens the back-ends of one application, and closes what was started for it.
 *
 * <p>Not safe for use by many threads.
 */
final class BackEnds implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(BackEnds.class.getName());

  private final InstantSource clock;
  private final RandomGenerator random;
  private final Consumer<SessionEvent> events;
  // Null until Infinispan is known to be there: nothing links to it before.
  private @Nullable Caches caches;

  /**
   * @param events told what back-ends do to sessions without being asked
   */
  BackEnds(InstantSource clock, RandomGenerator random, Consumer<SessionEvent> events) {
    this.clock = clock;
    this.random = random;
    this.events = events;
  }

  /**
   * A connector, and what it is.
   *
   * @param description for people, and another one for everything that is not shared with this
   * @param shared whether other deployments may keep sessions in it as well
   */
  record Opened<D>(SessionStoreConnector<D> connector, String description, boolean shared) {}

  /**
   * Opens the back-end that {@code configuration} asks for.
   *
   * @param namespace keeps the stores of one cache apart
   * @throws RuntimeException if it cannot be had; the text says why
   */
  <D> Opened<D> open(
      String namespace, SessionCodec<D> codec, TypedSessionConfiguration configuration) {
    if (configuration.store() == Store.MEMORY) {
      return memory(codec, configuration);
    }
    if (Libraries.has(Libraries.INFINISPAN)) {
      if (caches == null) {
        caches = new Caches();
      }
      return caches.connector(namespace, codec, configuration, clock, random, events);
    }
    // Whoever says how to reach Infinispan must not end up in memory.
    if (configuration.store() == Store.INFINISPAN
        || !configuration.infinispan().equals(InfinispanConfiguration.DEFAULT)) {
      throw new IllegalStateException(Messages.libraryMissing("Infinispan"));
    }
    return memory(codec, configuration);
  }

  private static TombstonePolicy tombstones(TypedSessionConfiguration configuration) {
    return new TombstonePolicy(
        configuration.endedTombstone(), configuration.policy().absoluteLifetime());
  }

  private <D> Opened<D> memory(SessionCodec<D> codec, TypedSessionConfiguration configuration) {
    return new Opened<>(
        new MemorySessionStoreConnector<>(
            codec,
            clock,
            () -> SessionHandle.random(random),
            tombstones(configuration),
            configuration.limits(),
            events),
        "the memory of this process",
        false);
  }

  /** The settings of the caches that are open. */
  Set<InfinispanConfiguration> inUse() {
    return caches == null ? Set.of() : caches.inUse();
  }

  /** Closes the caches that have other settings. */
  void closeAllBut(Set<InfinispanConfiguration> kept) {
    if (caches != null) {
      caches.closeAllBut(kept);
    }
  }

  @Override
  public void close() {
    if (caches != null) {
      caches.close();
    }
  }

  /** The caches in use. Links to Infinispan. */
  private static final class Caches {
    private static final String SERVER = "java:jboss/infinispan/container/";
    // The one that an administrator defines for sessions; failing that, HttpSession's.
    private static final List<String> CONTAINERS = List.of("typedsession", "web");

    private final Map<InfinispanConfiguration, Found> open = new LinkedHashMap<>();

    private record Found(AwaitedCache cache, String container, boolean shared) {}

    <D> Opened<D> connector(
        String namespace,
        SessionCodec<D> codec,
        TypedSessionConfiguration configuration,
        InstantSource clock,
        RandomGenerator random,
        Consumer<SessionEvent> events) {
      // Types with the same settings share a cache, and a container of their own even more so.
      Found found = open.computeIfAbsent(configuration.infinispan(), Caches::find);
      return new Opened<>(
          found
              .cache()
              .connector(
                  cache ->
                      new InfinispanSessionStoreConnector<>(
                          cache,
                          namespace,
                          codec,
                          clock,
                          random,
                          tombstones(configuration),
                          configuration.limits(),
                          events)),
          "Infinispan, cache %s in %s".formatted(found.cache().name(), found.container()),
          found.shared());
    }

    // The parameter of wildfly-config/jgroups.cli, as a server resolves it.
    private static final String SERVER_HOSTS = "typedsession.initial-hosts";
    private static final String SERVER_HOSTS_VARIABLE = "TYPEDSESSION_INITIAL_HOSTS";

    private static Found find(InfinispanConfiguration settings) {
      if (settings.container().isPresent()) {
        String name = settings.container().get();
        return ofServer(name, settings)
            .orElseThrow(() -> new IllegalStateException(Messages.noContainer(name)));
      }
      if (!settings.initialHosts().isEmpty()
          || settings.dnsQuery().isPresent()
          || settings.jgroupsFile().isPresent()) {
        requireClusterSize(settings);
        return clustered(settings);
      }
      return CONTAINERS.stream()
          .flatMap(name -> ofServer(SERVER + name, settings).stream())
          .findFirst()
          .orElseGet(() -> local(settings));
    }

    private static Optional<Found> ofServer(String name, InfinispanConfiguration settings) {
      return SessionCacheLocator.find(
              name, settings.cache(), accepted(settings), clusterSize(settings))
          .map(cache -> warned(settings, new Found(cache, "the server's container " + name, true)));
    }

    private static Found clustered(InfinispanConfiguration settings) {
      EmbeddedContainer.Cluster cluster =
          new EmbeddedContainer.Cluster(
              settings.clusterName(),
              settings.bindAddress(),
              settings.bindPort(),
              settings.initialHosts(),
              settings.dnsQuery(),
              settings.jgroupsFile());
      return warned(
          settings,
          new Found(
              EmbeddedContainer.await(
                  settings.cache(), cluster, accepted(settings), clusterSize(settings)),
              "a container of its own in the cluster " + settings.clusterName(),
              true));
    }

    private static Found warned(InfinispanConfiguration settings, Found found) {
      // Who serves in any case has the cache at once. Nothing of a local one can split.
      boolean maySplit = found.cache().cache().map(SessionCache::hasCopies).orElse(true);
      if (settings.whenSplit() == WhenSplit.SERVE && maySplit) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            Messages.servesWhenSplit(found.cache().name(), found.container()));
      }
      return found;
    }

    private static Found local(InfinispanConfiguration settings) {
      return new Found(
          AwaitedCache.of(EmbeddedContainer.local(settings.cache())),
          "a container of its own for this process alone",
          false);
    }

    // Each node would start as a cluster of its own. Who serves on both sides of a split wants
    // that.
    private static void requireClusterSize(InfinispanConfiguration settings) {
      if (settings.whenSplit() == WhenSplit.SERVE || saidClusterSize(settings).isPresent()) {
        return;
      }
      if (settings.dnsQuery().isPresent()) {
        throw new IllegalStateException(Messages.clusterSizeMissing(settings.dnsQuery().get()));
      }
      LOGGER.log(
          System.Logger.Level.WARNING,
          Messages.clusterSizeUnknown(settings.jgroupsFile().orElseThrow()));
    }

    private static int clusterSize(InfinispanConfiguration settings) {
      return saidClusterSize(settings).orElse(1);
    }

    // Whoever lists the nodes, for this library or for the JGroups stack of wildfly-config, has
    // said how many there are.
    private static OptionalInt saidClusterSize(InfinispanConfiguration settings) {
      if (settings.clusterSize().isPresent()) {
        return settings.clusterSize();
      }
      if (!settings.initialHosts().isEmpty()) {
        return OptionalInt.of(settings.initialHosts().size());
      }
      String hosts =
          System.getProperty(SERVER_HOSTS, System.getenv().getOrDefault(SERVER_HOSTS_VARIABLE, ""));
      return hosts.isBlank() ? OptionalInt.empty() : OptionalInt.of(hosts.split(",").length);
    }

    private static AcceptedRisks accepted(InfinispanConfiguration settings) {
      return new AcceptedRisks(settings.whenSplit(), settings.pessimisticTransactions());
    }

    Set<InfinispanConfiguration> inUse() {
      return Set.copyOf(open.keySet());
    }

    void closeAllBut(Set<InfinispanConfiguration> kept) {
      for (InfinispanConfiguration settings : inUse()) {
        if (!kept.contains(settings)) {
          Objects.requireNonNull(open.remove(settings)).cache().close();
        }
      }
    }

    void close() {
      open.values().forEach(found -> found.cache().close());
      open.clear();
    }
  }
}
