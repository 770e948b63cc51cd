package org.typedsession.infinispan;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.infinispan.Cache;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.lifecycle.ComponentStatus;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.typedsession.SessionId;
import org.typedsession.infinispan.cluster.ClusterWatch;
import org.typedsession.infinispan.cluster.CurrentReads;
import org.typedsession.infinispan.cluster.DecidedWrites;
import org.typedsession.infinispan.cluster.MembershipLease;
import org.typedsession.infinispan.cluster.SplitRecovery;
import org.typedsession.infinispan.entry.ExpiryListener;
import org.typedsession.spi.Readiness;

/**
 * A cache that sessions may be entrusted to: checked when it is opened, and closed with the
 * application if it was started for it. Stores work with three parts of it: the gate that each
 * operation passes, the reads, and the writes.
 *
 * <p>Safe for use by many threads.
 */
public final class SessionCache implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(SessionCache.class.getName());

  private final AdvancedCache<String, String> cache;
  private final ClusterWatch cluster;
  private final OperationGate gate;
  private final ExpiryListener expiryListener = new ExpiryListener(this::expired);
  // By the namespace of the store.
  private final Map<String, Consumer<String>> onExpiry = new ConcurrentHashMap<>();
  private final Runnable onClose;

  private SessionCache(
      Cache<String, String> cache,
      AcceptedRisks accepted,
      int clusterSize,
      MembershipLease.Timing timing,
      ClusterWatch.Owner owner,
      Runnable onClose) {
    this.cache = cache.getAdvancedCache();
    this.onClose = onClose;
    Configuration configuration = this.cache.getCacheConfiguration();
    requireSafe(cache.getName(), configuration, accepted);
    if (CacheSafety.transactionsMayFork(configuration)) {
      LOGGER.log(System.Logger.Level.WARNING, Messages.transactionsMayFork(cache.getName()));
    }
    if (CacheSafety.logsConflicts(configuration)) {
      LOGGER.log(System.Logger.Level.WARNING, Messages.conflictsAreLogged(cache.getName()));
    }
    this.cluster =
        ClusterWatch.start(
            this.cache,
            new ClusterWatch.Settings(clusterSize, accepted.servesWhenSplit(), timing, owner));
    this.gate = new OperationGate(cluster::difference);
    boolean opened = false;
    try {
      this.cache.addListener(expiryListener);
      opened = true;
    } finally {
      if (!opened) {
        // The cache is stopping, and whoever waits for it opens it again and again.
        cluster.close();
      }
    }
  }

  /**
   * Refuses what would break a promise, before the cache is started.
   *
   * @throws UnsafeCacheException if a cache with this configuration would break a promise
   */
  public static void requireSafe(String name, Configuration configuration, AcceptedRisks accepted) {
    List<String> faults = CacheSafety.faults(configuration, accepted);
    if (!faults.isEmpty()) {
      throw new UnsafeCacheException(name, faults);
    }
  }

  /**
   * Opens a cache that somebody else owns: a server's, or an application's own.
   *
   * @param cache any synchronous cache; transactional or not, local, distributed or replicated
   * @param accepted which promises the operator gave up
   * @param clusterSize how many nodes make up the cluster: this one serves only when it has met a
   *     majority of them; 1 if that is not known
   * @throws UnsafeCacheException if the configuration would break a promise; the text says how to
   *     mend it
   */
  public static SessionCache of(
      Cache<String, String> cache, AcceptedRisks accepted, int clusterSize) {
    return of(cache, accepted, clusterSize, MembershipLease.Timing.STANDARD);
  }

  static SessionCache of(
      Cache<String, String> cache,
      AcceptedRisks accepted,
      int clusterSize,
      MembershipLease.Timing timing) {
    return of(cache, accepted, clusterSize, timing, ClusterWatch.Owner.OTHER);
  }

  /**
   * Opens a cache, as {@link #of(Cache, AcceptedRisks, int)}.
   *
   * @param timing of the lease
   * @param owner who owns the cache
   * @throws UnsafeCacheException if the configuration would break a promise
   */
  public static SessionCache of(
      Cache<String, String> cache,
      AcceptedRisks accepted,
      int clusterSize,
      MembershipLease.Timing timing,
      ClusterWatch.Owner owner) {
    return new SessionCache(cache, accepted, clusterSize, timing, owner, () -> {});
  }

  /**
   * Opens a cache of a manager that was started for this purpose and ends with it.
   *
   * @param onStop what is left to do when the manager has stopped
   * @throws UnsafeCacheException if the configuration would break a promise
   */
  public static SessionCache owned(
      EmbeddedCacheManager manager,
      String name,
      AcceptedRisks accepted,
      int clusterSize,
      Runnable onStop) {
    return new SessionCache(
        manager.getCache(name),
        accepted,
        clusterSize,
        MembershipLease.Timing.STANDARD,
        ClusterWatch.Owner.LIBRARY,
        () -> {
          try {
            manager.stop();
          } finally {
            onStop.run();
          }
        });
  }

  /** The name of the cache. */
  public String name() {
    return cache.getName();
  }

  /** How many nodes hold this cache at present, this one included. */
  public int memberCount() {
    return cluster.memberCount();
  }

  /** What each operation passes. */
  OperationGate gate() {
    return gate;
  }

  /** Reads that can be passed on. */
  CurrentReads reads() {
    return cluster.reads();
  }

  /** Writes whose answer can be passed on. */
  DecidedWrites writes() {
    return cluster.writes();
  }

  /** Whether sessions can be served from here at present, or why not. */
  Readiness readiness() {
    ComponentStatus status = cache.getStatus();
    if (!status.allowInvocations()) {
      return new Readiness.NotReady("the cache %s is %s".formatted(name(), status));
    }
    AvailabilityMode mode = cache.getAvailability();
    if (mode != AvailabilityMode.AVAILABLE) {
      return new Readiness.NotReady("the cache %s is in %s".formatted(name(), mode));
    }
    Optional<String> difference = cluster.difference();
    if (difference.isPresent()) {
      return new Readiness.NotReady(difference.get());
    }
    Optional<String> exclusion = cluster.exclusion();
    return exclusion.isEmpty()
        ? new Readiness.Ready(cluster.remark())
        : new Readiness.NotReady("%s (cache %s)".formatted(exclusion.get(), name()));
  }

  /**
   * Where ids are to be, so that a session is at hand.
   *
   * @param key of the entry of an id
   */
  SegmentPlacement placement(Function<SessionId, String> key) {
    return new SegmentPlacement(cache, key);
  }

  /** Whether both sides of a split go on. */
  boolean servesWhenSplit() {
    return cluster.servesWhenSplit();
  }

  /** Whether an entry may have copies on several nodes. */
  public boolean hasCopies() {
    return cluster.hasCopies();
  }

  /** How many entries were written again because their copies may have differed. */
  long repairs() {
    return cluster.repairs();
  }

  /** How long a transaction may take at most until it is applied everywhere. */
  Duration transactionTimeout() {
    return cluster.transactionTimeout();
  }

  /** Does what nobody waits for, unless this is closed. */
  void inBackground(Runnable work) {
    cluster.inBackground(work);
  }

  /**
   * Has the copies of a store's entries repaired whenever a fault may have left them different.
   *
   * @param store its namespace
   */
  void repair(String store) {
    cluster.repair(store);
  }

  /**
   * Has a store tidied up each time that a split has healed.
   *
   * @param store its namespace
   */
  void onHeal(String store, Supplier<SplitRecovery.Tally> cleanup) {
    cluster.onHeal(store, cleanup);
  }

  /**
   * Has a store told of its entries whose time is over, by the node that is their primary owner.
   *
   * @param store its namespace
   * @param told of the value
   */
  void onExpiry(String store, Consumer<String> told) {
    onExpiry.put(store, told);
  }

  private void expired(String key, String value) {
    onExpiry.forEach(
        (namespace, told) -> {
          if (key.startsWith(namespace)) {
            told.accept(value);
          }
        });
  }

  /**
   * Refuses new operations, waits for those under way no longer than they may take, and stops what
   * was started for this cache. A cache of somebody else goes on.
   */
  @Override
  public void close() {
    // In this order: a write that is under way may need the lease, and what it wrote the cache.
    gate.close(transactionTimeout());
    hearNoMore();
    cluster.close();
    onClose.run();
  }

  private void hearNoMore() {
    onExpiry.clear();
    try {
      cache.removeListener(expiryListener);
    } catch (RuntimeException e) {
      // Whoever owns the cache stopped it before, and its listeners with it.
      LOGGER.log(System.Logger.Level.DEBUG, "the listener is gone already", e);
    }
  }

  AdvancedCache<String, String> cache() {
    return cache;
  }

  ClusterWatch cluster() {
    return cluster;
  }
}
