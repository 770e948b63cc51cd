package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.time.TimeService;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.factories.ComponentRegistry;
import org.jspecify.annotations.Nullable;
import org.typedsession.infinispan.entry.BackgroundThread;
import org.typedsession.infinispan.entry.Entries;

/**
 * All that keeps watch beside one cache, with the threads in which it does so: whether this node is
 * counted in, whether copies differ, whether clocks do, whether a split has healed. It hands out
 * the reads and writes that can be passed on thanks to that.
 *
 * <p>Safe for use by many threads.
 */
public final class ClusterWatch implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(ClusterWatch.class.getName());
  // Clocks drift slowly, and each question is a write.
  private static final int INTERVALS_OF_CLOCKS = 10;

  /** Who owns a cache, as far as its faults are concerned. */
  public enum Owner {
    /** Somebody else, who decides what becomes of it. */
    OTHER,
    /** This library, on every node, which starts it when a majority is there and not before. */
    LIBRARY
  }

  /**
   * What is known of the cluster.
   *
   * @param clusterSize how many nodes make it up; 1 if that is not known
   * @param servesWhenSplit whether both sides of a split go on
   * @param timing of the lease
   */
  public record Settings(
      int clusterSize, boolean servesWhenSplit, MembershipLease.Timing timing, Owner owner) {}

  private final AdvancedCache<String, String> cache;
  private final Entries entries;
  private final AcknowledgementGuard guard;
  private final CurrentReads reads;
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
  private final @Nullable SplitRecovery splitRecovery;
  private final ClusterShape shape;

  private ClusterWatch(AdvancedCache<String, String> cache, Settings settings) {
    this.cache = cache;
    Configuration configuration = cache.getCacheConfiguration();
    boolean transactional = configuration.transaction().transactionMode().isTransactional();
    HandedOverTransactions handedOver = transactional ? new HandedOverTransactions(cache) : null;
    this.entries =
        handedOver != null ? Entries.transactional(cache, handedOver::note) : Entries.plain(cache);
    this.transactionTimeout =
        Duration.ofMillis(
            configuration.locking().lockAcquisitionTimeout()
                + configuration.clustering().remoteTimeout());
    // The lease waits for nobody: a repair may block for as long as an owner is silent.
    this.leaseClock = clock(cache.getName() + "-lease", 1);
    this.clock = clock(cache.getName(), 2);
    // A pass over many entries takes long, and must not hold up writes in doubt.
    this.repairClock = clock(cache.getName() + "-repair", 1);
    boolean clustered = configuration.clustering().cacheMode().isClustered();
    Duration interval = settings.timing.interval();
    CopyRepair watching = null;
    boolean opened = false;
    try {
      // Whoever lets both sides of a split go on has nobody to ask which one counts.
      MembershipLease lease =
          clustered && !settings.servesWhenSplit
              ? MembershipLease.start(cache, settings.timing, settings.clusterSize, leaseClock)
              : null;
      this.guard = new AcknowledgementGuard(cache, lease, transactionTimeout);
      this.reads = new CurrentReads(entries, guard);
      this.writes = new DecidedWrites(entries, guard, new InDoubtWrites(entries, guard, clock));
      this.clocks =
          clustered
              ? ClusterClocks.watch(
                  cache,
                  ComponentRegistry.componentOf(cache, TimeService.class)::instant,
                  interval.multipliedBy(INTERVALS_OF_CLOCKS),
                  clock)
              : null;
      if (clustered) {
        watching = CopyRepair.watch(cache, entries, guard, handedOver, repairClock);
      }
      this.repair = watching;
      this.splitRecovery =
          repair != null && settings.servesWhenSplit
              ? SplitRecovery.watch(cache, repair, guard, repairClock)
              : null;
      this.shape = new ClusterShape(cache);
      if (repair != null) {
        watchShape(interval);
      }
      if (settings.owner == Owner.LIBRARY
          && !settings.servesWhenSplit
          && settings.clusterSize > 1) {
        DegradedEnd.watch(cache, settings.clusterSize, interval, clock);
      }
      opened = true;
    } finally {
      if (!opened) {
        // The cache is stopping, and whoever waits for it opens it again and again.
        if (watching != null) {
          watching.close();
        }
        shutDown();
      }
    }
  }

  /** Begins to keep watch, until it is closed. */
  public static ClusterWatch start(AdvancedCache<String, String> cache, Settings settings) {
    return new ClusterWatch(cache, settings);
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

  // One line: it stays so until somebody restarts a node. It may begin with a merge.
  @SuppressWarnings("FutureReturnValueIgnored") // What it throws ends a look at a cache that stops.
  private void watchShape(Duration interval) {
    AtomicBoolean told = new AtomicBoolean();
    clock.scheduleWithFixedDelay(
        () ->
            shape
                .difference()
                .filter(difference -> !told.getAndSet(true))
                .ifPresent(
                    difference ->
                        LOGGER.log(System.Logger.Level.ERROR, Messages.otherShape(difference))),
        0,
        interval.toNanos(),
        TimeUnit.NANOSECONDS);
  }

  /** Reads that can be passed on. */
  public CurrentReads reads() {
    return reads;
  }

  /** Writes whose answer can be passed on. */
  public DecidedWrites writes() {
    return writes;
  }

  /** Why this node cannot serve from this cluster, as it is configured; empty if it can. */
  public Optional<String> difference() {
    return shape.difference();
  }

  /** Why the cluster does not count this node in; empty if it does. */
  public Optional<String> exclusion() {
    return guard.isCurrent() ? Optional.empty() : Optional.of(guard.whyNotCurrent());
  }

  /** What an operator should know of the clocks of the nodes; empty if there is nothing. */
  public Optional<String> remark() {
    return clocks == null ? Optional.empty() : clocks.remark();
  }

  /** How many nodes hold the cache at present, this one included. */
  public int memberCount() {
    return cache.getRpcManager() == null ? 1 : cache.getRpcManager().getMembers().size();
  }

  /** Whether both sides of a split go on. */
  public boolean servesWhenSplit() {
    return splitRecovery != null;
  }

  /** Whether an entry may have copies on several nodes. */
  public boolean hasCopies() {
    return repair != null;
  }

  /**
   * Whether an entry was written so recently that its copies may differ after a fault.
   *
   * @param now by the clock that {@code written} was told by
   */
  public static boolean mayDiffer(Instant written, Instant now) {
    return written.isAfter(now.minus(CopyRepair.RECENT));
  }

  /**
   * Has the copies of a store's entries repaired whenever a fault may have left them different.
   *
   * @param store its namespace
   */
  public void repair(String store) {
    if (repair != null) {
      repair.cover(store);
    }
  }

  /** How many entries were written again because their copies may have differed. */
  public long repairs() {
    return repair == null ? 0 : repair.repaired();
  }

  /**
   * Has a store tidied up each time that a split has healed.
   *
   * @param store its namespace
   * @param cleanup tidies it up; run in one thread at a time, again after a failure
   */
  public void onHeal(String store, Supplier<SplitRecovery.Tally> cleanup) {
    if (splitRecovery != null) {
      splitRecovery.onHeal(store, cleanup);
    }
  }

  /** How long a transaction may take at most until it is applied everywhere. */
  public Duration transactionTimeout() {
    return transactionTimeout;
  }

  /** Does what nobody waits for, unless this is closed. */
  public void inBackground(Runnable work) {
    clock.execute(work);
  }

  Entries entries() {
    return entries;
  }

  AcknowledgementGuard guard() {
    return guard;
  }

  /** Null where there is one copy of everything. */
  @Nullable CopyRepair copyRepair() {
    return repair;
  }

  /** Ends the watch, and the threads of it. */
  @Override
  public void close() {
    if (splitRecovery != null) {
      splitRecovery.close();
    }
    if (repair != null) {
      repair.close();
    }
    shutDown();
  }

  private void shutDown() {
    clock.shutdownNow();
    repairClock.shutdownNow();
    leaseClock.shutdownNow();
  }
}
