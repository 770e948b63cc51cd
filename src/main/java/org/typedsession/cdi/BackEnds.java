package org.typedsession.cdi;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionHandle;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.TypedSessionConfiguration.Infinispan;
import org.typedsession.TypedSessionConfiguration.Store;
import org.typedsession.TypedSessionConfiguration.WhenSplit;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.SessionCaches;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.Messages;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionStoreConnector;

/**
 * Opens the back-ends of one application, and closes what was started for it.
 *
 * <p>Not safe for use by many threads.
 */
final class BackEnds implements AutoCloseable {
  private final InstantSource clock;
  private final RandomGenerator random;
  // Null until Infinispan is known to be there: nothing links to it before.
  private @Nullable Caches caches;

  BackEnds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /**
   * A connector, and what it is.
   *
   * @param description for people
   */
  record Opened<D>(SessionStoreConnector<D> connector, String description) {}

  /**
   * Opens the back-end that {@code configuration} asks for.
   *
   * @param namespace keeps the stores of one cache apart
   * @throws RuntimeException if it cannot be had; the text says why
   */
  <D> Opened<D> open(
      String namespace, SessionCodec<D> codec, TypedSessionConfiguration configuration) {
    Optional<Opened<D>> found = infinispan(namespace, codec, configuration);
    if (found.isPresent()) {
      return found.get();
    }
    if (isWanted(configuration)) {
      throw new IllegalStateException(
          Libraries.has(Libraries.INFINISPAN)
              ? Messages.noContainer()
              : Messages.libraryMissing("Infinispan"));
    }
    return new Opened<>(
        new MemorySessionStoreConnector<>(
            codec, clock, () -> SessionHandle.random(random), configuration.endedTombstone()),
        "the memory of this process");
  }

  private <D> Optional<Opened<D>> infinispan(
      String namespace, SessionCodec<D> codec, TypedSessionConfiguration configuration) {
    if (configuration.store() == Store.MEMORY || !Libraries.has(Libraries.INFINISPAN)) {
      return Optional.empty();
    }
    if (caches == null) {
      caches = new Caches();
    }
    return caches.connector(namespace, codec, configuration, clock, random);
  }

  // Whoever says how to reach Infinispan must not end up in memory.
  private static boolean isWanted(TypedSessionConfiguration configuration) {
    return configuration.store() == Store.INFINISPAN
        || (configuration.store() == Store.AUTO
            && !configuration.infinispan().equals(Infinispan.DEFAULT));
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

    private final Map<Infinispan, SessionCache> open = new LinkedHashMap<>();

    <D> Optional<Opened<D>> connector(
        String namespace,
        SessionCodec<D> codec,
        TypedSessionConfiguration configuration,
        InstantSource clock,
        RandomGenerator random) {
      return find(configuration.infinispan())
          .map(
              cache ->
                  new Opened<>(
                      new InfinispanSessionStoreConnector<>(
                          cache, namespace, codec, clock, random, configuration.endedTombstone()),
                      "Infinispan, cache " + cache.name()));
    }

    private Optional<SessionCache> find(Infinispan settings) {
      SessionCache known = open.get(settings);
      if (known != null) {
        return Optional.of(known);
      }
      Optional<SessionCache> found = look(settings);
      found.ifPresent(cache -> open.put(settings, cache));
      return found;
    }

    private static Optional<SessionCache> look(Infinispan settings) {
      boolean splitMayFork = settings.whenSplit() == WhenSplit.SERVE;
      if (settings.container().isPresent()) {
        return SessionCaches.ofServer(settings.container().get(), settings.cache(), splitMayFork);
      }
      if (!settings.initialHosts().isEmpty() || settings.jgroupsFile().isPresent()) {
        SessionCaches.Cluster cluster =
            new SessionCaches.Cluster(
                settings.clusterName(),
                settings.bindAddress(),
                settings.bindPort(),
                settings.initialHosts(),
                settings.jgroupsFile());
        return Optional.of(SessionCaches.clustered(settings.cache(), cluster, splitMayFork));
      }
      return Stream.of("typedsession", "web")
          .flatMap(
              name ->
                  SessionCaches.ofServer(SERVER + name, settings.cache(), splitMayFork).stream())
          .findFirst()
          .or(() -> Optional.of(SessionCaches.local(settings.cache())));
    }

    void close() {
      open.values().forEach(SessionCache::close);
      open.clear();
    }
  }
}
