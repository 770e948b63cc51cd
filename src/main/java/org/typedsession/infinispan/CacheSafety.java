package org.typedsession.infinispan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.IsolationLevel;
import org.infinispan.configuration.cache.PartitionHandlingConfiguration;
import org.infinispan.configuration.cache.TransactionConfiguration;
import org.infinispan.conflict.EntryMergePolicy;
import org.infinispan.conflict.MergePolicy;
import org.infinispan.partitionhandling.PartitionHandling;
import org.infinispan.transaction.LockingMode;

/** Finds what in a cache's configuration would break a promise about sessions. */
final class CacheSafety {
  private static final Set<EntryMergePolicy<?, ?>> LOSING_POLICIES =
      Set.of(MergePolicy.NONE, MergePolicy.PREFERRED_ALWAYS, MergePolicy.REMOVE_ALL);

  private CacheSafety() {}

  /**
   * Returns one text per fault, with the reason and the fix; empty if the cache is fit.
   *
   * @param accepted which promises the operator gave up
   */
  static List<String> faults(Configuration configuration, AcceptedRisks accepted) {
    List<String> faults = new ArrayList<>();
    transactions(configuration, faults);
    if (transactionsMayFork(configuration) && !accepted.transactionsMayFork()) {
      faults.add(
          "pessimistic transactions of several nodes are left half done when the network splits or a"
              + " node dies in the middle of one, with two live ids of one session; use no"
              + " transactions (mode NONE), or OPTIMISTIC locking with isolation REPEATABLE_READ, or"
              + " accept that by typed-session.infinispan.pessimistic-transactions=may-fork");
    }
    clustering(configuration, accepted.servesWhenSplit(), faults);
    keeping(configuration, faults);
    return faults;
  }

  /** Whether a crash or a split may leave half of a remap behind, on some nodes, for good. */
  static boolean transactionsMayFork(Configuration configuration) {
    return hasTransactionsOfNodes(configuration)
        && configuration.transaction().lockingMode() == LockingMode.PESSIMISTIC;
  }

  private static boolean hasTransactionsOfNodes(Configuration configuration) {
    return configuration.clustering().cacheMode().isClustered()
        && configuration.transaction().transactionMode().isTransactional();
  }

  /** Whether a conflict between nodes puts stack traces into the log of Infinispan. */
  static boolean logsConflicts(Configuration configuration) {
    return hasTransactionsOfNodes(configuration)
        && configuration.transaction().lockingMode() == LockingMode.OPTIMISTIC;
  }

  private static void transactions(Configuration configuration, List<String> faults) {
    TransactionConfiguration transaction = configuration.transaction();
    if (!transaction.transactionMode().isTransactional()) {
      return;
    }
    boolean pessimistic = transaction.lockingMode() == LockingMode.PESSIMISTIC;
    if (pessimistic
        && (transaction.useSynchronization() || configuration.invocationBatching().enabled())) {
      faults.add(
          "pessimistic locking with transaction mode NON_XA or BATCH reports commits that failed as"
              + " successes; use mode NON_DURABLE_XA, or OPTIMISTIC locking, or no transactions");
    }
    if (!pessimistic
        && configuration.locking().lockIsolationLevel() != IsolationLevel.REPEATABLE_READ) {
      faults.add(
          "optimistic locking finds conflicts only with isolation REPEATABLE_READ; set that");
    }
  }

  private static void clustering(
      Configuration configuration, boolean servesWhenSplit, List<String> faults) {
    CacheMode mode = configuration.clustering().cacheMode();
    if (!mode.isClustered()) {
      return;
    }
    if (mode.isInvalidation()) {
      faults.add("an invalidation cache keeps a session on one node only; use a distributed cache");
      return;
    }
    if (!mode.isSynchronous()) {
      faults.add(
          "asynchronous replication acknowledges what the next crash loses; use the synchronous mode");
    }
    if (mode.isDistributed() && configuration.clustering().hash().numOwners() < 2) {
      faults.add("one owner loses its sessions with the first node that dies; use owners=2");
    }
    if (configuration.clustering().l1().enabled()) {
      faults.add("a first-level cache shows sessions that were changed or ended; switch it off");
    }
    partitions(configuration.clustering().partitionHandling(), servesWhenSplit, faults);
  }

  private static void partitions(
      PartitionHandlingConfiguration partitions, boolean servesWhenSplit, List<String> faults) {
    PartitionHandling whenSplit = partitions.whenSplit();
    if (whenSplit != PartitionHandling.DENY_READ_WRITES && !servesWhenSplit) {
      faults.add(
          "partition handling "
              + whenSplit
              + " lets both sides of a split go on, with two live ids of one session or a logout that"
              + " does not hold; use DENY_READ_WRITES, or accept that by"
              + " typed-session.infinispan.when-split=serve");
    }
    if (whenSplit != PartitionHandling.ALLOW_READ_WRITES && servesWhenSplit) {
      faults.add(
          "partition handling "
              + whenSplit
              + " refuses where typed-session.infinispan.when-split=serve lets both sides go on; use"
              + " ALLOW_READ_WRITES with merge policy PREFERRED_NON_NULL, or leave when-split=refuse");
    }
    EntryMergePolicy<?, ?> policy = partitions.mergePolicy();
    if (whenSplit == PartitionHandling.ALLOW_READ_WRITES
        && servesWhenSplit
        && LOSING_POLICIES.contains(policy)) {
      faults.add(
          "merge policy "
              + policy
              + " throws away what one side of a split has, logouts included, when the parts meet"
              + " again; use PREFERRED_NON_NULL");
    }
  }

  private static void keeping(Configuration configuration, List<String> faults) {
    if (configuration.memory().isEvictionEnabled() && !configuration.persistence().usingStores()) {
      faults.add(
          "a bound on memory evicts sessions and the tombstones that keep dead ids dead; remove"
              + " max-count and max-size");
    }
    if (configuration.expiration().maxIdle() > 0) {
      faults.add(
          "a maximum idle time of the cache ends sessions and tombstones too early; remove max-idle,"
              + " the library passes the lifespan of each entry");
    }
  }
}
