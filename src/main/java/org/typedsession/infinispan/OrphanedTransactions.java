package org.typedsession.infinispan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.infinispan.AdvancedCache;
import org.infinispan.commands.CommandsFactory;
import org.infinispan.commands.tx.RollbackCommand;
import org.infinispan.commons.CacheException;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.remoting.responses.SuccessfulCollectionResponse;
import org.infinispan.remoting.responses.ValidResponse;
import org.infinispan.remoting.rpc.RpcManager;
import org.infinispan.remoting.transport.Address;
import org.infinispan.remoting.transport.ValidSingleResponseCollector;
import org.infinispan.topology.CacheTopology;
import org.infinispan.topology.LocalTopologyManager;
import org.infinispan.transaction.impl.TransactionTable;
import org.infinispan.transaction.xa.GlobalTransaction;
import org.jspecify.annotations.Nullable;

/**
 * Ends transactions of other nodes that are prepared here, keep their entries locked, and that
 * nobody will commit or roll back.
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
 * <p>Not safe for use by several threads at once.
 */
final class OrphanedTransactions {
  // A commit that is sent again is on its way for milliseconds.
  private static final Duration WAIT = Duration.ofSeconds(2);

  private final AdvancedCache<?, ?> cache;
  // Null where there are no transactions.
  private final @Nullable TransactionTable transactions;
  // Since when they were found forgotten, in one topology.
  private Map<GlobalTransaction, Long> forgotten = Map.of();
  private int topology;

  OrphanedTransactions(AdvancedCache<?, ?> cache) {
    this.cache = cache;
    this.transactions =
        cache.getCacheConfiguration().transaction().transactionMode().isTransactional()
            ? ComponentRegistry.componentOf(cache, TransactionTable.class)
            : null;
  }

  /**
   * Has those rolled back here that can be. Of a member's that takes calls over {@link #WAIT},
   * while the cluster is at rest: the end of it may be on its way to this node.
   *
   * @return whether there are none; a later call tells what came of those that there are
   * @throws RuntimeException if a member did not answer
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
    // Those that recovery knows are not forgotten: an administrator decides on them.
    if (cache.getCacheConfiguration().transaction().recovery().enabled()) {
      return true;
    }
    int now = cache.getRpcManager().getTopologyId();
    // A commit that was handed to partition handling is sent again once the topology is stable, and
    // its originator does not run it either.
    boolean stable = isStable(now);
    Map<GlobalTransaction, Long> before = stable && now == topology ? forgotten : Map.of();
    // For the case that the question fails.
    forgotten = Map.of();
    topology = now;
    long time = System.nanoTime();
    Map<GlobalTransaction, Long> found = new HashMap<>();
    for (GlobalTransaction transaction : forgotten(table, members)) {
      long since = before.getOrDefault(transaction, time);
      if (stable && time - since >= WAIT.toNanos()) {
        rollBack(transaction);
      }
      if (table.containRemoteTx(transaction)) {
        found.put(transaction, since);
      }
    }
    forgotten = found;
    return found.isEmpty();
  }

  private boolean isStable(int now) {
    CacheTopology last =
        ComponentRegistry.componentOf(cache, LocalTopologyManager.class)
            .getStableCacheTopology(cache.getName());
    return last != null && last.getTopologyId() == now;
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
        new Answer(),
        rpc.getSyncRpcOptions());
  }

  /** The collector of Infinispan's own timer takes a failure for "none". */
  private static final class Answer
      extends ValidSingleResponseCollector<Address, Collection<GlobalTransaction>> {
    @Override
    @SuppressWarnings("unchecked") // The command answers with a part of what it was asked.
    protected Collection<GlobalTransaction> withValidResponse(
        Address sender, ValidResponse<?> response) {
      if (response instanceof SuccessfulCollectionResponse<?> answer) {
        return (Collection<GlobalTransaction>) answer.getResponseValue();
      }
      throw new CacheException(sender + " does not tell which transactions it runs: " + response);
    }

    @Override
    protected Collection<GlobalTransaction> targetNotFound(Address sender) {
      throw new CacheException(sender + " does not run the cache");
    }
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
