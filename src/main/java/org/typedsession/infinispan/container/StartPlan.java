package org.typedsession.infinispan.container;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.infinispan.Cache;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.remoting.transport.Address;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.SessionCache;

/**
 * Which cache is to be started when.
 *
 * @param name of the cache
 * @param clusterSize how many nodes make up the cluster
 * @param present how many of them this node sees, itself included
 * @param opening starts the cache; empty if it lost sight of the majority meanwhile, and then
 *     nothing is left of the cache
 * @param release run once when this is closed, after the cache if there is one
 * @param late run once if the patience is over, to say what else may help
 */
public record StartPlan(
    String name,
    int clusterSize,
    IntSupplier present,
    Supplier<Optional<SessionCache>> opening,
    Runnable release,
    Runnable late) {
  StartPlan(
      String name,
      int clusterSize,
      IntSupplier present,
      Supplier<Optional<SessionCache>> opening,
      Runnable release) {
    this(name, clusterSize, present, opening, release, () -> {});
  }

  /** Whether to wait: where both sides of a split go on, a node alone is to go on as well. */
  static boolean waits(EmbeddedCacheManager manager, AcceptedRisks accepted) {
    return !accepted.servesWhenSplit() && manager.getCacheManagerConfiguration().isClustered();
  }

  /**
   * A cache of a manager, to be started when a majority is there.
   *
   * @param clusterSize 1 if nobody is to be waited for
   * @param open what to do with it then
   */
  public static StartPlan of(
      EmbeddedCacheManager manager,
      String cacheName,
      int clusterSize,
      Function<Cache<String, String>, SessionCache> open,
      Runnable release) {
    IntSupplier present = () -> present(manager);
    AtomicBoolean stoppedHere = new AtomicBoolean();
    return new StartPlan(
        cacheName,
        clusterSize,
        present,
        () -> {
          // By somebody else, who has met the others: it is not for this plan to stop.
          boolean ranBefore = manager.isRunning(cacheName);
          Cache<String, String> cache = manager.getCache(cacheName);
          if (stoppedHere.get() && !cache.getStatus().allowInvocations()) {
            // The manager keeps a cache that was stopped, and hands it out as it is.
            cache.start();
          }
          if (!ranBefore && present.getAsInt() < clusterSize / 2 + 1) {
            // Whoever was there is gone, and this cache may have started by itself. Nobody has seen
            // it yet.
            stoppedHere.set(true);
            cache.stop();
            return Optional.empty();
          }
          return Optional.of(open.apply(cache));
        },
        release);
  }

  // Null while the manager does not run, and where it is for this process alone.
  private static int present(EmbeddedCacheManager manager) {
    List<Address> members = manager.getMembers();
    return members == null ? 1 : members.size();
  }

  /** The same, with what is run once if the patience is over. */
  StartPlan whenLate(Runnable newLate) {
    return new StartPlan(name, clusterSize, present, opening, release, newLate);
  }

  /** How many nodes are to be there. */
  int majority() {
    return clusterSize / 2 + 1;
  }

  boolean hasMajority() {
    return present.getAsInt() >= majority();
  }
}
