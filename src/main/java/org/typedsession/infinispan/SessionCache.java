package org.typedsession.infinispan;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.infinispan.Cache;
import org.infinispan.commons.time.TimeService;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.manager.EmbeddedCacheManager;
import org.jspecify.annotations.Nullable;

/**
 * A cache that sessions may be entrusted to: checked when it is opened, and closed with the
 * application if it was started for it.
 *
 * <p>Safe for use by many threads.
 */
public final class SessionCache implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(SessionCache.class.getName());
  // Clocks drift slowly, and each question is a write.
  private static final int INTERVALS_OF_CLOCKS = 10;

  /** Who owns a cache, as far as its faults are concerned. */
  enum Owner {
    /** Somebody else, who decides what becomes of it. */
    OTHER,
    /** This library, on every node, see {@link AwaitedCache}. */
    LIBRARY
  }

  private final AdvancedCache<String, String> cache;
  private final Entries entries;
  private final AcknowledgementGuard guard;
  private final DecidedWrites writes;
  private final Duration transactionTimeout;
  private final ScheduledExecutorService clock;
  private final ScheduledExecutorService repairClock;
  private final ScheduledExecutorService leaseClock;
  // Null where there is one clock.
  private final @Nullable ClusterClocks clocks;
  // Null where there is one copy of everything.
  private final @Nullable CopyRepair repair;
  // Null where no session can fork.
  private final @Nullable Reunion reunion;
  private final ClusterShape shape;
  private final OperationGate gate;
  private final ExpiryListener expiryListener = new ExpiryListener(this::expired);
  // By the namespace of the store.
  private final Map<String, Consumer<byte[]>> onExpiry = new ConcurrentHashMap<>();
  private final Runnable onClose;

  private SessionCache(
      Cache<String, String> cache,
      AcceptedRisks accepted,
      int clusterSize,
      MembershipLease.Timing timing,
      Owner owner,
      Runnable onClose) {
    this.cache = cache.getAdvancedCache();
    Configuration configuration = this.cache.getCacheConfiguration();
    requireSafe(cache.getName(), configuration, accepted);
    if (CacheSafety.transactionsMayFork(configuration)) {
      LOGGER.log(System.Logger.Level.WARNING, Messages.transactionsMayFork(cache.getName()));
    }
    if (CacheSafety.logsConflicts(configuration)) {
      LOGGER.log(System.Logger.Level.WARNING, Messages.conflictsAreLogged(cache.getName()));
    }
    boolean transactional = configuration.transaction().transactionMode().isTransactional();
    HandedOverTransactions handedOver =
        transactional ? new HandedOverTransactions(this.cache) : null;
    this.entries =
        new UninterruptedEntries(
            handedOver != null
                ? new TransactionalEntries(this.cache, handedOver)
                : new PlainEntries(this.cache, OwnTransactions.of(this.cache)),
            transactional);
    this.transactionTimeout =
        Duration.ofMillis(
            configuration.locking().lockAcquisitionTimeout()
                + configuration.clustering().remoteTimeout());
    // The lease waits for nobody: a repair may block for as long as an owner is silent.
    this.leaseClock = clock(cache.getName() + "-lease", 1);
    this.clock = clock(cache.getName(), 2);
    // A pass over many entries takes long, and must not hold up writes in doubt.
    this.repairClock = clock(cache.getName() + "-repair", 1);
    CopyRepair watching = null;
    boolean opened = false;
    try {
      // Whoever lets both sides of a split go on has nobody to ask which one counts.
      MembershipLease lease =
          configuration.clustering().cacheMode().isClustered() && !accepted.servesWhenSplit()
              ? MembershipLease.start(this.cache, timing, clusterSize, leaseClock)
              : null;
      this.guard = new AcknowledgementGuard(this.cache, lease, transactionTimeout);
      this.writes = new DecidedWrites(entries, guard, new Settlement(entries, guard, clock));
      this.clocks =
          configuration.clustering().cacheMode().isClustered()
              ? ClusterClocks.watch(
                  this.cache,
                  ComponentRegistry.componentOf(this.cache, TimeService.class)::instant,
                  timing.interval().multipliedBy(INTERVALS_OF_CLOCKS),
                  clock)
              : null;
      if (configuration.clustering().cacheMode().isClustered()) {
        watching = CopyRepair.watch(this.cache, entries, guard, handedOver, repairClock);
      }
      this.repair = watching;
      this.reunion =
          repair != null && accepted.servesWhenSplit()
              ? Reunion.watch(this.cache, repair, guard, repairClock)
              : null;
      this.shape = new ClusterShape(this.cache);
      this.gate = new OperationGate(shape::difference);
      if (repair != null) {
        watchShape(timing.interval());
      }
      if (owner == Owner.LIBRARY && !accepted.servesWhenSplit() && clusterSize > 1) {
        DegradedEnd.watch(this.cache, clusterSize, timing.interval(), clock);
      }
      this.onClose = onClose;
      this.cache.addListener(expiryListener);
      opened = true;
    } finally {
      if (!opened) {
        // The cache is stopping, and whoever waits for it opens it again and again.
        if (watching != null) {
          watching.close();
        }
        leaseClock.shutdownNow();
        clock.shutdownNow();
        repairClock.shutdownNow();
      }
    }
  }

  /**
   * @throws UnsafeCacheException if a cache with this configuration would break a promise
   */
  static void requireSafe(String name, Configuration configuration, AcceptedRisks accepted) {
    List<String> faults = CacheSafety.faults(configuration, accepted);
    if (!faults.isEmpty()) {
      throw new UnsafeCacheException(name, faults);
    }
  }

  // One line: it stays so until somebody restarts a node. It may begin with a merge.
  @SuppressWarnings("FutureReturnValueIgnored") // What it throws ends a look at a cache that stops.
  private void watchShape(Duration interval) {
    AtomicBoolean told = new AtomicBoolean();
    clock.scheduleWithFixedDelay(
        () ->
            difference()
                .filter(difference -> !told.getAndSet(true))
                .ifPresent(
                    difference ->
                        LOGGER.log(System.Logger.Level.ERROR, Messages.otherShape(difference))),
        0,
        interval.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  /** Why this node cannot serve from this cluster; empty if it can. */
  Optional<String> difference() {
    return shape.difference();
  }

  private void expired(String key, byte[] value) {
    onExpiry.forEach(
        (namespace, told) -> {
          if (key.startsWith(namespace)) {
            told.accept(value);
          }
        });
  }

  /**
   * Has a store told of its entries whose time is over, by the node that is their primary owner.
   *
   * @param store its namespace
   * @param told of the value
   */
  void onExpiry(String store, Consumer<byte[]> told) {
    onExpiry.put(store, told);
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

  private static ScheduledExecutorService clock(String name, int threads) {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            threads,
            work -> new BackgroundThread(work, "typed-session-" + name),
            // A repair that comes up while the application ends.
            new ThreadPoolExecutor.DiscardPolicy());
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return clock;
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
    return of(cache, accepted, clusterSize, timing, Owner.OTHER);
  }

  static SessionCache of(
      Cache<String, String> cache,
      AcceptedRisks accepted,
      int clusterSize,
      MembershipLease.Timing timing,
      Owner owner) {
    return new SessionCache(cache, accepted, clusterSize, timing, owner, () -> {});
  }

  /**
   * Opens a cache of a manager that was started for this purpose and ends with it.
   *
   * @param onStop what is left to do when the manager has stopped
   */
  static SessionCache owned(
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
        Owner.LIBRARY,
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

  /**
   * Refuses new operations, waits for those under way no longer than they may take, and stops what
   * was started for this cache. A cache of somebody else goes on.
   */
  @Override
  public void close() {
    // In this order: a write that is under way may need the lease, and what it wrote the cache.
    gate.close(transactionTimeout);
    hearNoMore();
    if (reunion != null) {
      reunion.close();
    }
    if (repair != null) {
      repair.close();
    }
    clock.shutdownNow();
    repairClock.shutdownNow();
    leaseClock.shutdownNow();
    onClose.run();
  }

  OperationGate gate() {
    return gate;
  }

  /** How many nodes hold this cache at present, this one included. */
  public int memberCount() {
    return cache.getRpcManager() == null ? 1 : cache.getRpcManager().getMembers().size();
  }

  /** What an operator should know of the clocks of the nodes; empty if there is nothing. */
  Optional<String> remark() {
    return clocks == null ? Optional.empty() : clocks.remark();
  }

  /** Whether both sides of a split go on. */
  boolean mayFork() {
    return reunion != null;
  }

  /**
   * Has the copies of a store's entries repaired whenever a fault may have left them different.
   *
   * @param store its namespace
   */
  void repair(String store) {
    if (repair != null) {
      repair.cover(store);
    }
  }

  /** How many entries were written again because their copies may have differed. */
  long repairs() {
    return repair == null ? 0 : repair.repaired();
  }

  /** Whether an entry may have copies on several nodes. */
  boolean hasCopies() {
    return repair != null;
  }

  /** Null where there is one copy of everything. */
  @Nullable CopyRepair repair() {
    return repair;
  }

  /**
   * Has a store tidied up each time that parts of a split cluster have met again.
   *
   * @param store its namespace
   */
  void onReunion(String store, Supplier<ForkCleanup.Tally> cleanup) {
    if (reunion != null) {
      reunion.onReunion(store, cleanup);
    }
  }

  /** Where what nobody waits for is done, until this is closed. */
  Executor background() {
    return clock;
  }

  AdvancedCache<String, String> cache() {
    return cache;
  }

  Entries entries() {
    return entries;
  }

  AcknowledgementGuard guard() {
    return guard;
  }

  DecidedWrites writes() {
    return writes;
  }

  /** How long a transaction may take at most until it is applied everywhere. */
  Duration transactionTimeout() {
    return transactionTimeout;
  }
}
