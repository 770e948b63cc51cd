package org.typedsession.infinispan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.cache.IsolationLevel;
import org.infinispan.transaction.LockingMode;
import org.infinispan.transaction.TransactionMode;
import org.infinispan.transaction.lookup.EmbeddedTransactionManagerLookup;
import org.jspecify.annotations.Nullable;
import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;
import org.typedsession.infinispan.cluster.ClusterWatch;
import org.typedsession.infinispan.cluster.Watches;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.infinispan.container.StandardCacheConfiguration;
import org.typedsession.testing.Ports;

/** Members of one cache in this JVM, in each mode that the connector promises to work in. */
public final class Members implements AutoCloseable {
  private static final String CACHE = "sessions";
  // The contract holds in pessimistic transactions too, as long as nothing breaks.
  private static final AcceptedRisks ACCEPTED =
      new AcceptedRisks(WhenSplit.REFUSE, PessimisticTransactions.MAY_FORK);

  /** How a cache makes its steps atomic. */
  @SuppressWarnings("ImmutableEnumChecker") // every one of them is a lambda that captures nothing
  public enum Mode {
    PLAIN(builder -> builder),
    PESSIMISTIC(builder -> transactional(builder, LockingMode.PESSIMISTIC)),
    OPTIMISTIC(builder -> transactional(builder, LockingMode.OPTIMISTIC));

    private final UnaryOperator<ConfigurationBuilder> change;

    Mode(UnaryOperator<ConfigurationBuilder> change) {
      this.change = change;
    }

    public Configuration configuration(boolean clustered) {
      ConfigurationBuilder builder =
          new ConfigurationBuilder().read(StandardCacheConfiguration.standard(clustered, false));
      return change.apply(builder).build();
    }

    private static ConfigurationBuilder transactional(
        ConfigurationBuilder builder, LockingMode locking) {
      builder
          .transaction()
          .transactionMode(TransactionMode.TRANSACTIONAL)
          .lockingMode(locking)
          .useSynchronization(false)
          .recovery()
          .enabled(false)
          .transaction()
          .transactionManagerLookup(new EmbeddedTransactionManagerLookup())
          .locking()
          .isolationLevel(IsolationLevel.REPEATABLE_READ);
      return builder;
    }
  }

  /** Timeouts that a test can wait for, and that an answer on a busy machine does not exceed. */
  public static Configuration impatient(Configuration configuration) {
    ConfigurationBuilder builder = new ConfigurationBuilder().read(configuration);
    builder.clustering().remoteTimeout(2_000).locking().lockAcquisitionTimeout(1_000);
    return builder.build();
  }

  private final List<SessionCache> caches = new ArrayList<>();
  // Of those that are in a cluster.
  private @Nullable Ports ports;
  // The noise that the warning about optimistic caches speaks of.
  private @Nullable ExpectedErrors errors;

  public static Members local(Mode mode) {
    Members members = new Members();
    members.caches.add(EmbeddedContainer.local(CACHE, mode.configuration(false)));
    return members;
  }

  /** Two members of a cluster, whole before the first use. */
  public static Members clustered(Mode mode) {
    return clustered(mode, 2);
  }

  /** Members of a cluster, whole before the first use. */
  public static Members clustered(Mode mode, int size) {
    return clustered(mode, mode.configuration(true), size);
  }

  /** Members of a cluster whose cache differs from that of its mode, whole before the first use. */
  public static Members clustered(Mode mode, Configuration configuration, int size) {
    Members members = new Members();
    if (mode == Mode.OPTIMISTIC) {
      members.errors = new ExpectedErrors();
    }
    members.ports = Ports.reserved();
    int first = members.ports.first();
    List<String> hosts =
        IntStream.range(first, first + size).mapToObj("127.0.0.1[%d]"::formatted).toList();
    for (int i = 0; i < size; i++) {
      EmbeddedContainer.Cluster cluster =
          new EmbeddedContainer.Cluster(
              "contract-" + mode,
              "127.0.0.1",
              first + i,
              hosts,
              Optional.empty(),
              Optional.empty());
      members.caches.add(
          EmbeddedContainer.clustered(CACHE, cluster, configuration, ACCEPTED, size));
    }
    Awaitility.await("the members to find each other")
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                members.caches.stream()
                    .allMatch(
                        cache -> cache.memberCount() == size && Watches.isAtRest(cache.cluster())));
    return members;
  }

  /** The cache itself. */
  public static AdvancedCache<String, String> advanced(SessionCache cache) {
    return cache.cache();
  }

  /** What keeps watch beside a cache. */
  public static ClusterWatch watch(SessionCache cache) {
    return cache.cluster();
  }

  public SessionCache first() {
    return caches.get(0);
  }

  public SessionCache last() {
    return caches.get(caches.size() - 1);
  }

  @Override
  public void close() {
    caches.forEach(SessionCache::close);
    if (errors != null) {
      errors.close();
    }
    if (ports != null) {
      ports.close();
    }
  }
}
