package org.typedsession.infinispan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.infinispan.AdvancedCache;
import org.infinispan.commands.CommandsFactory;
import org.infinispan.commands.remote.CheckTransactionRpcCommand;
import org.infinispan.commands.tx.RollbackCommand;
import org.infinispan.commons.CacheException;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.remoting.rpc.RpcManager;
import org.infinispan.remoting.transport.Address;
import org.infinispan.transaction.impl.TransactionTable;
import org.infinispan.transaction.xa.GlobalTransaction;
import org.jspecify.annotations.Nullable;

/**
 * Ends transactions of other nodes that are prepared here, keep their entries locked, and that
 * nobody will commit or roll back.
 *
 * <p>Those of a node that has left the cluster: Infinispan ends them when it leaves, and rolls back
 * only what it will not have to commit when that one comes back: it keeps a transaction while its
 * originator is a member of the last stable topology. When it asks, which is at the change of the
 * view and at the beginning of the topology without the member, that is still so.
 *
 * <p>Those of a member from which this node was cut off for a while: it gave up when it got no
 * answer, and its rollback did not get here. It has forgotten them.
 *
 * <p>For both Infinispan has a timer of a minute and more, and nothing else.
 *
 * <p>Not safe for use by several threads at once.
 */
final class OrphanedTransactions {
  private final AdvancedCache<?, ?> cache;
  // Null where there are no transactions.
  private final @Nullable TransactionTable transactions;
  // As of the last call, and what the cluster was like then.
  private Set<GlobalTransaction> forgotten = Set.of();
  private int topology;

  OrphanedTransactions(AdvancedCache<?, ?> cache) {
    this.cache = cache;
    this.transactions =
        cache.getCacheConfiguration().transaction().transactionMode().isTransactional()
            ? ComponentRegistry.componentOf(cache, TransactionTable.class)
            : null;
  }

  /**
   * Has those rolled back here that can be. Of a member's that takes two calls, some time apart,
   * while the cluster is at rest: the end of it may be on its way to this node.
   *
   * @return whether there are none; a later call tells what came of those that there are
   * @throws RuntimeException if a member did not answer in time
   */
  boolean end() {
    if (transactions == null) {
      return true;
    }
    List<Address> members = cache.getRpcManager().getTransport().getMembers();
    transactions.cleanupLeaverTransactions(members);
    boolean left = endForgotten(transactions, members);
    return left
        && transactions.getRemoteTransactions().stream()
            .allMatch(remote -> members.contains(remote.getGlobalTransaction().getAddress()));
  }

  private boolean endForgotten(TransactionTable table, List<Address> members) {
    int now = cache.getRpcManager().getTopologyId();
    Set<GlobalTransaction> before = now == topology ? forgotten : Set.of();
    // For the case that the question fails.
    forgotten = Set.of();
    topology = now;
    // Those that recovery knows are not forgotten: an administrator decides on them.
    Set<GlobalTransaction> found =
        cache.getCacheConfiguration().transaction().recovery().enabled()
            ? Set.of()
            : forgotten(table, members);
    for (GlobalTransaction transaction : found) {
      if (before.contains(transaction)) {
        rollBack(transaction);
      }
    }
    forgotten =
        found.stream().filter(table::containRemoteTx).collect(Collectors.toUnmodifiableSet());
    return forgotten.isEmpty();
  }

  /** Those prepared here of which the member that began them knows nothing. */
  private Set<GlobalTransaction> forgotten(TransactionTable table, List<Address> members) {
    Map<Address, List<GlobalTransaction>> ofMembers =
        table.getRemoteTransactions().stream()
            .map(remote -> remote.getGlobalTransaction())
            .filter(transaction -> members.contains(transaction.getAddress()))
            .collect(Collectors.groupingBy(GlobalTransaction::getAddress));
    List<CompletionStage<Collection<GlobalTransaction>>> answers = new ArrayList<>();
    ofMembers.forEach((member, prepared) -> answers.add(ask(member, prepared)));
    Set<GlobalTransaction> forgotten = new HashSet<>();
    answers.forEach(answer -> forgotten.addAll(answer.toCompletableFuture().join()));
    return forgotten;
  }

  // By the question that Infinispan's own timer asks.
  private CompletionStage<Collection<GlobalTransaction>> ask(
      Address member, List<GlobalTransaction> prepared) {
    RpcManager rpc = cache.getRpcManager();
    return rpc.invokeCommand(
        member,
        ComponentRegistry.componentOf(cache, CommandsFactory.class)
            .buildCheckTransactionRpcCommand(prepared),
        CheckTransactionRpcCommand.responseCollector(),
        rpc.getSyncRpcOptions());
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
    } catch (Throwable e) {
      throw new CacheException("a transaction could not be rolled back", e);
    }
  }
}
