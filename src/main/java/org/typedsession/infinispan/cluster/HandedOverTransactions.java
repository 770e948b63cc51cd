package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.util.IntSet;
import org.infinispan.commons.util.IntSets;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.partitionhandling.impl.PartitionHandlingManager;
import org.infinispan.remoting.transport.Address;
import org.infinispan.topology.CacheTopology;
import org.infinispan.transaction.LockingMode;
import org.infinispan.transaction.impl.LocalTransaction;
import org.infinispan.transaction.xa.GlobalTransaction;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of this node whose commit Infinispan's partition handling has taken over, because an
 * owner was gone when it was sent. It sends the commit again whenever a topology becomes the stable
 * one, and keeps what they have locked here until all owners have accepted it. An owner that has
 * rolled the transaction back meanwhile, because its originator had left, never does.
 *
 * <p>Which keys they have locked Infinispan tells nobody; so those of this library are noted here.
 *
 * <p>Safe for use by many threads.
 */
final class HandedOverTransactions {
  private static final System.Logger LOGGER =
      System.getLogger(HandedOverTransactions.class.getName());

  /**
   * What is known of one.
   *
   * @param keys that it may have locked, as they are stored
   * @param topology in which it was handed over, or a later one
   */
  private record Noted(Set<Object> keys, int topology) {}

  private final AdvancedCache<?, ?> cache;
  private final TransactionQuestions questions;
  // The one message of a pessimistic commit brings its changes along, and may come late anywhere.
  private final boolean optimistic;
  private final PartitionHandlingManager partitions;
  private final Map<GlobalTransaction, Noted> noted = new ConcurrentHashMap<>();

  // Guarded by this, as are the following.
  private final LastingTransactions lasting;
  private final LastingTransactions lastingStrangers;
  private boolean warned;

  /**
   * @param cache a transactional one
   */
  HandedOverTransactions(AdvancedCache<?, ?> cache) {
    this(cache, LastingTransactions.LONG);
  }

  /**
   * @param patience for how long Infinispan may try by itself
   */
  HandedOverTransactions(AdvancedCache<?, ?> cache, Duration patience) {
    this.cache = cache;
    this.optimistic =
        cache.getCacheConfiguration().transaction().lockingMode() == LockingMode.OPTIMISTIC;
    this.questions = new TransactionQuestions(cache);
    this.lasting = new LastingTransactions(patience);
    this.lastingStrangers = new LastingTransactions(patience);
    this.partitions = ComponentRegistry.componentOf(cache, PartitionHandlingManager.class);
  }

  /** Notes what became of a transaction of this node that has ended. */
  void note(LocalTransaction ended) {
    if (optimistic && isHeld(ended.getGlobalTransaction())) {
      noted.put(
          ended.getGlobalTransaction(),
          new Noted(Set.copyOf(ended.getAffectedKeys()), cache.getRpcManager().getTopologyId()));
    }
  }

  private boolean isHeld(GlobalTransaction transaction) {
    return partitions.isTransactionPartiallyCommitted(transaction);
  }

  /**
   * Releases what those have locked here of which no other owner knows any more. Nobody commits or
   * rolls anything back by that: an owner that has not committed one has rolled it back before, and
   * a commit that is still on its way to it finds nothing.
   *
   * <p>That holds for those whose other owners can be asked: of keys that are all this node's, and
   * from before the stable topology. The others are left to Infinispan.
   *
   * @param stable the topology, if it is the stable one
   * @return whether there are none, or the cache is not optimistic
   * @throws RuntimeException if a member did not answer
   */
  synchronized boolean release(@Nullable CacheTopology stable) {
    if (!optimistic) {
      return true;
    }
    Map<GlobalTransaction, Set<Object>> held = held(stable);
    Set<GlobalTransaction> over = lasting.among(held.keySet(), stable);
    if (stable != null && !over.isEmpty()) {
      held.keySet().retainAll(over);
      held.keySet().removeAll(questions.known(segments(held.values()), stable.getTopologyId()));
      if (cache.getRpcManager().getTopologyId() != stable.getTopologyId()) {
        return false;
      }
      // Infinispan's own way to take one from its list: a rollback that nobody has to be told of.
      held.forEach(
          (transaction, locked) ->
              partitions.addPartialRollbackTransaction(transaction, List.of(), locked));
      partitions.onTopologyUpdate(stable);
    }
    warnOfStrangers(stable);
    return held(stable).isEmpty();
  }

  /**
   * What each may have locked, of those that partition handling has still not committed, and whose
   * other owners can be asked now or when the topology is stable.
   */
  private Map<GlobalTransaction, Set<Object>> held(@Nullable CacheTopology stable) {
    noted.keySet().removeIf(transaction -> !isHeld(transaction));
    LocalizedCacheTopology topology = cache.getDistributionManager().getCacheTopology();
    Map<GlobalTransaction, Set<Object>> held = new HashMap<>();
    noted.forEach(
        (transaction, known) -> {
          boolean before = stable == null || known.topology < stable.getTopologyId();
          if (before && known.keys.stream().allMatch(topology::isWriteOwner)) {
            held.put(transaction, known.keys);
          }
        });
    return held;
  }

  private Map<Address, IntSet> segments(Collection<Set<Object>> locked) {
    LocalizedCacheTopology topology = cache.getDistributionManager().getCacheTopology();
    Address self = cache.getRpcManager().getAddress();
    Map<Address, IntSet> segments = new HashMap<>();
    locked.stream()
        .flatMap(Set::stream)
        .map(topology::getDistribution)
        .forEach(
            owners ->
                owners.writeOwners().stream()
                    .filter(owner -> !owner.equals(self))
                    .forEach(
                        owner ->
                            segments
                                .computeIfAbsent(owner, any -> IntSets.mutableEmptySet())
                                .set(owners.segmentId())));
    return segments;
  }

  private void warnOfStrangers(@Nullable CacheTopology stable) {
    Set<GlobalTransaction> strangers =
        partitions.getPartialTransactions().stream()
            .filter(transaction -> isHeld(transaction) && !noted.containsKey(transaction))
            .collect(Collectors.toSet());
    if (!lastingStrangers.among(strangers, stable).isEmpty() && !warned) {
      warned = true;
      LOGGER.log(System.Logger.Level.WARNING, Messages.commitsRefused(cache.getName()));
    }
  }
}
