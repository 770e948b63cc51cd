package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.infinispan.AdvancedCache;
import org.infinispan.commands.CommandsFactory;
import org.infinispan.commands.tx.RollbackCommand;
import org.infinispan.commons.CacheException;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.remoting.transport.Address;
import org.infinispan.topology.CacheTopology;
import org.infinispan.topology.LocalTopologyManager;
import org.infinispan.transaction.impl.TransactionTable;
import org.infinispan.transaction.xa.GlobalTransaction;
import org.jspecify.annotations.Nullable;

/**
 * Ends transactions that keep entries locked here, and that nobody else will end.
 *
 * <p>Those of a node that has left the cluster. Infinispan looks for them at the change of the view
 * and at the beginning of the topology without that node, and keeps a transaction while its
 * originator is a member of the last stable topology. At both times it still is.
 *
 * <p>Those of a member from which this node was cut off for a while: it gave up when it got no
 * answer, and its rollback did not get here. It has forgotten them.
 *
 * <p>For both Infinispan has a timer of a minute and more, and nothing else.
 *
 * <p>This node's own whose commit was refused after the cluster had met again: {@link
 * HandedOverTransactions}. For those Infinispan has nothing.
 *
 * <p>Not safe for use by several threads at once.
 */
final class OrphanedTransactions {
  private final AdvancedCache<?, ?> cache;
  // Null where there are no transactions, as are the following.
  private final @Nullable TransactionTable transactions;
  private final @Nullable HandedOverTransactions handedOver;
  private final TransactionQuestions questions;
  private final LastingTransactions forgotten;

  /**
   * @param handedOver null if the cache has no transactions
   */
  OrphanedTransactions(AdvancedCache<?, ?> cache, @Nullable HandedOverTransactions handedOver) {
    this(cache, handedOver, LastingTransactions.LONG);
  }

  /**
   * @param patience for how long it must be known that a member has forgotten a transaction
   */
  OrphanedTransactions(
      AdvancedCache<?, ?> cache, @Nullable HandedOverTransactions handedOver, Duration patience) {
    this.cache = cache;
    this.handedOver = handedOver;
    this.transactions =
        handedOver == null ? null : ComponentRegistry.componentOf(cache, TransactionTable.class);
    this.questions = new TransactionQuestions(cache);
    this.forgotten = new LastingTransactions(patience);
  }

  /**
   * Has those ended here that can be. Of a member's that takes calls over some seconds, while the
   * cluster is at rest: the end of it may be on its way to this node.
   *
   * @return whether there are none; a later call tells what came of those that there are
   * @throws RuntimeException if a member did not answer
   */
  boolean end() {
    if (transactions == null || handedOver == null) {
      return true;
    }
    List<Address> members = cache.getRpcManager().getTransport().getMembers();
    transactions.cleanupLeaverTransactions(members);
    boolean ended = true;
    // Those that recovery knows are not forgotten: an administrator decides on them.
    if (!cache.getCacheConfiguration().transaction().recovery().enabled()) {
      try {
        ended = endForgotten(transactions, members);
      } finally {
        // Also where a member does not tell what it has forgotten.
        ended &= handedOver.release(stable());
      }
    }
    return ended
        && transactions.getRemoteTransactions().stream()
            .allMatch(remote -> members.contains(remote.getGlobalTransaction().getAddress()));
  }

  private boolean endForgotten(TransactionTable table, List<Address> members) {
    CacheTopology stable = stable();
    Set<GlobalTransaction> found;
    try {
      found = questions.forgotten(ofMembers(table, members));
    } catch (RuntimeException e) {
      forgotten.forget();
      throw e;
    }
    forgotten.among(found, stable).forEach(this::rollBack);
    return found.stream().noneMatch(table::containRemoteTx);
  }

  /** The topology of this node, if it is the stable one. */
  private @Nullable CacheTopology stable() {
    CacheTopology last =
        ComponentRegistry.componentOf(cache, LocalTopologyManager.class)
            .getStableCacheTopology(cache.getName());
    return last != null && last.getTopologyId() == cache.getRpcManager().getTopologyId()
        ? last
        : null;
  }

  private static Map<Address, List<GlobalTransaction>> ofMembers(
      TransactionTable table, List<Address> members) {
    return table.getRemoteTransactions().stream()
        .map(remote -> remote.getGlobalTransaction())
        .filter(transaction -> members.contains(transaction.getAddress()))
        .collect(Collectors.groupingBy(GlobalTransaction::getAddress));
  }

  // Here alone, as Infinispan's own timer does.
  private void rollBack(GlobalTransaction transaction) {
    RollbackCommand rollback =
        ComponentRegistry.componentOf(cache, CommandsFactory.class)
            .buildRollbackCommand(transaction);
    try {
      rollback.invokeAsync(ComponentRegistry.of(cache)).toCompletableFuture().join();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // As it is declared.
      throw new CacheException("a transaction could not be rolled back", e);
    }
  }
}
