package org.typedsession.infinispan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.cache.IsolationLevel;
import org.infinispan.transaction.LockingMode;
import org.infinispan.transaction.TransactionMode;
import org.infinispan.transaction.lookup.EmbeddedTransactionManagerLookup;

/** Members of one cache in this JVM, in each mode that the connector promises to work in. */
final class Members implements AutoCloseable {
  private static final String CACHE = "sessions";
  private static final int FIRST_PORT = 17_800;

  /** How a cache makes its steps atomic. */
  @SuppressWarnings("ImmutableEnumChecker") // every one of them is a lambda that captures nothing
  enum Mode {
    PLAIN(builder -> builder),
    PESSIMISTIC(builder -> transactional(builder, LockingMode.PESSIMISTIC)),
    OPTIMISTIC(builder -> transactional(builder, LockingMode.OPTIMISTIC));

    private final UnaryOperator<ConfigurationBuilder> change;

    Mode(UnaryOperator<ConfigurationBuilder> change) {
      this.change = change;
    }

    Configuration configuration(boolean clustered) {
      ConfigurationBuilder builder =
          new ConfigurationBuilder().read(CacheSettings.standard(clustered, false));
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

  // The noise that the warning about optimistic caches speaks of; held, or it would be collected.
  private static final List<Logger> NOISY =
      Stream.of(
              "org.infinispan.interceptors.impl.InvocationContextInterceptor",
              "org.infinispan.transaction.impl.TransactionCoordinator",
              "org.infinispan.remoting.inboundhandler")
          .map(Logger::getLogger)
          .toList();

  private final List<SessionCache> caches = new ArrayList<>();

  static Members local(Mode mode) {
    Members members = new Members();
    members.caches.add(SessionCaches.local(CACHE, mode.configuration(false)));
    return members;
  }

  /** Two members of a cluster, whole before the first use. */
  static Members clustered(Mode mode) {
    if (mode == Mode.OPTIMISTIC) {
      NOISY.forEach(logger -> logger.setLevel(Level.OFF));
    }
    Members members = new Members();
    String hosts = "127.0.0.1[%d],127.0.0.1[%d]".formatted(FIRST_PORT, FIRST_PORT + 1);
    for (int i = 0; i < 2; i++) {
      SessionCaches.Cluster cluster =
          new SessionCaches.Cluster(
              "contract-" + mode,
              "127.0.0.1",
              FIRST_PORT + i,
              List.of(hosts.split(",")),
              Optional.empty());
      members.caches.add(
          SessionCaches.clustered(CACHE, cluster, mode.configuration(true), false, 2));
    }
    members.caches.forEach(
        cache -> {
          if (!cache.guard().await(cache.guard()::isAtRest) || cache.memberCount() != 2) {
            throw new AssertionError("the members did not find each other");
          }
        });
    return members;
  }

  SessionCache first() {
    return caches.get(0);
  }

  SessionCache last() {
    return caches.get(caches.size() - 1);
  }

  @Override
  public void close() {
    caches.forEach(SessionCache::close);
  }
}
