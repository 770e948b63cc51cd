package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.DistributionManager;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.infinispan.remoting.rpc.RpcManager;
import org.infinispan.topology.CacheTopology;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.entry.BackgroundThread;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.spi.HeldInterrupt;

/**
 * Tells whether the cluster was the same, and whole, from before a write until after it.
 *
 * <p>Where it was not, Infinispan may report a success that one side of a split has to take back: a
 * commit whose participant left is handed to the partition handling and counted as done. Then the
 * outcome has to be read instead.
 */
final class AcknowledgementGuard {
  // Somewhat more than the interval in which a lease is renewed.
  private static final Duration RENEWAL = Duration.ofSeconds(2);
  private static final long POLL = Duration.ofMillis(20).toNanos();

  private final AdvancedCache<?, ?> cache;
  private final @Nullable MembershipLease lease;
  private final Duration patience;
  private final boolean transactional;

  /**
   * @param lease whether the cluster still counts this node in; null where nobody is to be asked
   * @param patience how long {@link #await} waits at most
   */
  AcknowledgementGuard(
      AdvancedCache<?, ?> cache, @Nullable MembershipLease lease, Duration patience) {
    this.cache = cache;
    this.lease = lease;
    this.patience = patience;
    this.transactional =
        cache.getCacheConfiguration().transaction().transactionMode().isTransactional();
  }

  /** Whether the cluster still counts this node in. */
  boolean isCurrent() {
    return lease == null || lease.isHeld();
  }

  /** Changes when the cluster counts this node in again after it did not. */
  long term() {
    return lease == null ? 0 : lease.term();
  }

  /**
   * Whether the node that decides on writes of an entry leaves this node without answers. A write
   * would hold its thread for a remote timeout, and its resolution after it for longer.
   */
  boolean isSilent(String key) {
    try {
      return lease != null && lease.isPrimaryOwnerSilent(key);
    } catch (RuntimeException e) {
      // The cache stops; then the write itself fails, in the way that its callers know.
      return false;
    }
  }

  /** Why this node is not {@linkplain #isCurrent counted in}, with the names of silent nodes. */
  String whyNotCurrent() {
    List<String> silent = lease == null ? List.of() : lease.silent();
    return "nodes that could go on without this one have not answered it for a while"
        + (silent.isEmpty() ? "" : "; silent are " + String.join(", ", silent));
  }

  /** The refusal of a node that is not {@linkplain #isCurrent counted in}. */
  SessionStoreUnavailableException notCurrent() {
    return new SessionStoreUnavailableException(whyNotCurrent(), null);
  }

  /** Waits a moment for {@link #isCurrent}, as long as it takes after a pause of the process. */
  boolean awaitCurrent() {
    return isCurrent()
        || await(this::isCurrent, patience.compareTo(RENEWAL) < 0 ? patience : RENEWAL);
  }

  /** What the cluster looks like now, to be compared after the write. */
  TopologySnapshot now() {
    RpcManager rpc = cache.getRpcManager();
    // No transport is left when the cache manager stops; then the operation itself fails.
    return rpc == null || rpc.getTransport() == null
        ? new TopologySnapshot(0, 0)
        : new TopologySnapshot(rpc.getTransport().getViewId(), rpc.getTopologyId());
  }

  /**
   * Whether the cache's answer to a write can be passed on.
   *
   * @param written what the cache said
   * @param begin taken before the write
   */
  boolean believes(boolean written, TopologySnapshot begin) {
    TopologySnapshot end = now();
    // Where the topology changes Infinispan makes a write again: what it refuses then it may have
    // done before, and somebody may have overwritten it meanwhile.
    return begin.view() == end.view()
        && (written || begin.topology() == end.topology())
        && isWhole();
  }

  /**
   * Looks again until {@code condition} holds, whether or not the thread is interrupted, unless it
   * is a {@link BackgroundThread}, or was in a transaction: see {@link Entries#transactional}.
   *
   * @return whether it came to that in time
   */
  boolean await(BooleanSupplier condition) {
    return await(condition, patience);
  }

  private boolean await(BooleanSupplier condition, Duration atMost) {
    long begin = System.nanoTime();
    while (!isToStop()) {
      if (condition.getAsBoolean()) {
        return true;
      }
      if (System.nanoTime() - begin > atMost.toNanos() || !cache.getStatus().allowInvocations()) {
        return false;
      }
      park();
    }
    return false;
  }

  private boolean isToStop() {
    return (transactional || BackgroundThread.isCurrent())
        && Thread.currentThread().isInterrupted();
  }

  private void park() {
    if (transactional) {
      LockSupport.parkNanos(POLL);
      return;
    }
    try (HeldInterrupt held = new HeldInterrupt()) {
      LockSupport.parkNanos(POLL);
      held.take();
    }
  }

  /** Whether the cache is whole, and nothing of it is on its way from one node to another. */
  boolean isAtRest() {
    DistributionManager distribution = cache.getDistributionManager();
    if (!isWhole() || distribution == null) {
      return isWhole();
    }
    LocalizedCacheTopology topology = distribution.getCacheTopology();
    // Where both sides of a split went on, their entries are compared in a phase of its own.
    return topology.getPhase() == CacheTopology.Phase.NO_REBALANCE
        && topology.getPendingCH() == null;
  }

  /**
   * Whether the cache is available, and all that own something of it are there. Where two nodes do
   * not hear each other each may lead a view without the other, and a member of one of them may
   * still go by the owners of before.
   */
  boolean isWhole() {
    if (cache.getAvailability() != AvailabilityMode.AVAILABLE || !isCurrent()) {
      return false;
    }
    DistributionManager distribution = cache.getDistributionManager();
    return distribution == null
        || cache
            .getRpcManager()
            .getTransport()
            .getMembers()
            .containsAll(distribution.getCacheTopology().getMembers());
  }
}
