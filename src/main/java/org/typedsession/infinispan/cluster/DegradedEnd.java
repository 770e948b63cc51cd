package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.distribution.ch.ConsistentHash;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.infinispan.remoting.transport.Address;
import org.infinispan.topology.CacheTopology;

/**
 * Ends the degraded mode of a cache where nothing can have been lost and nobody else can have gone
 * on.
 *
 * <p>Infinispan ends it only when enough of the members come back that it had before. A node that
 * was started again is another one, so that of two nodes the one that went on would refuse for
 * ever. Here those members count that have lived through it all (the survivors). The degraded mode
 * is over when
 *
 * <ol>
 *   <li>a majority of the cluster is there,
 *   <li>every entry has an owner among the survivors, and
 *   <li>the nodes that are no survivors are no majority, now and at any time before: no part of the
 *       cluster can have served meanwhile without a survivor that knows of it.
 * </ol>
 *
 * On two nodes with two owners one survivor is enough. On three it takes two, and then Infinispan
 * needs no help.
 *
 * <p>The coordinator alone may take the cache for degraded, while this node knows of no degraded
 * mode: where it was told in the middle of a merge. It shows by a node that is there and does not
 * become a member, and is told again. To a coordinator that does not take it for that, this says
 * nothing.
 *
 * <p>Only for a cluster of which each node starts its cache when a majority is there and not before
 * ({@link ClusterWatch.Owner#LIBRARY}): the other node must not have begun an empty one.
 */
final class DegradedEnd {
  private static final System.Logger LOGGER = System.getLogger(DegradedEnd.class.getName());

  // A coordinator that is still learning who has what may not have heard it, or may have heard it
  // and go on by what it had learnt before.
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private enum Sight {
    NOTHING_TO_END,
    /** The cache is degraded, and need not be. */
    DEGRADED,
    /** A node that is there is no member; the coordinator may take the cache for degraded. */
    NODE_OUTSIDE
  }

  private final AdvancedCache<String, String> cache;
  private final int clusterSize;
  // Both used by one look after the other.
  private volatile Sight last = Sight.NOTHING_TO_END;
  private volatile long since;

  private DegradedEnd(AdvancedCache<String, String> cache, int clusterSize) {
    this.cache = cache;
    this.clusterSize = clusterSize;
  }

  /**
   * Looks time and again, until {@code clock} is shut down.
   *
   * @param cache a clustered cache
   * @param clusterSize how many nodes make up the cluster
   */
  @SuppressWarnings("FutureReturnValueIgnored") // tryToEnd catches what it throws.
  static void watch(
      AdvancedCache<String, String> cache,
      int clusterSize,
      Duration interval,
      ScheduledExecutorService clock) {
    DegradedEnd end = new DegradedEnd(cache, clusterSize);
    clock.scheduleWithFixedDelay(
        end::tryToEnd, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  // What is thrown would be the end of the schedule. A cache that stops throws many things.
  private void tryToEnd() {
    try {
      Sight before = last;
      last = look();
      long now = System.nanoTime();
      boolean first = last != before;
      if (last == Sight.NOTHING_TO_END || (!first && now - since < AGAIN.toNanos())) {
        return;
      }
      since = now;
      if (first && last == Sight.NODE_OUTSIDE) {
        // Most are about to join.
        return;
      }
      if (first) {
        LOGGER.log(System.Logger.Level.WARNING, Messages.degradedModeEnds(cache.getName()));
      }
      cache.setAvailability(AvailabilityMode.AVAILABLE);
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "the degraded mode cannot be ended now", e);
    }
  }

  private Sight look() {
    LocalizedCacheTopology topology = cache.getDistributionManager().getCacheTopology();
    List<Address> present = cache.getRpcManager().getTransport().getMembers();
    boolean degraded = cache.getAvailability() == AvailabilityMode.DEGRADED_MODE;
    if ((!degraded && topology.getMembers().containsAll(present)) || !isOver(topology, present)) {
      return Sight.NOTHING_TO_END;
    }
    return degraded ? Sight.DEGRADED : Sight.NODE_OUTSIDE;
  }

  private boolean isOver(LocalizedCacheTopology topology, List<Address> present) {
    Set<Address> survivors = new HashSet<>(topology.getActualMembers());
    survivors.retainAll(present);
    return topology.getPhase() == CacheTopology.Phase.NO_REBALANCE
        && isOver(
            topology.getCurrentCH(),
            survivors,
            topology.getLocalAddress(),
            present.size(),
            clusterSize);
  }

  /**
   * @param hash who owned what when the degraded mode began
   * @param survivors who has been a member since then
   * @param self one of them is to act
   * @param present how many nodes are there
   */
  static boolean isOver(
      ConsistentHash hash, Set<Address> survivors, Address self, int present, int clusterSize) {
    List<Address> owners = new ArrayList<>(hash.getMembers());
    // Whoever said that there are fewer, was wrong.
    int size = Math.max(clusterSize, owners.size());
    int majority = size / 2 + 1;
    owners.retainAll(survivors);
    return !owners.isEmpty()
        && owners.get(0).equals(self)
        && present >= majority
        && present <= size
        && size - owners.size() < majority
        && isWhole(hash, owners);
  }

  private static boolean isWhole(ConsistentHash hash, List<Address> owners) {
    for (int segment = 0; segment < hash.getNumSegments(); segment++) {
      if (hash.locateOwnersForSegment(segment).stream().noneMatch(owners::contains)) {
        return false;
      }
    }
    return true;
  }
}
