package org.typedsession.infinispan.cluster;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.infinispan.AdvancedCache;
import org.infinispan.commands.CommandsFactory;
import org.infinispan.commands.remote.CacheRpcCommand;
import org.infinispan.commons.CacheException;
import org.infinispan.commons.util.IntSet;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.remoting.responses.SuccessfulCollectionResponse;
import org.infinispan.remoting.responses.ValidResponse;
import org.infinispan.remoting.rpc.RpcManager;
import org.infinispan.remoting.transport.Address;
import org.infinispan.remoting.transport.ValidSingleResponseCollector;
import org.infinispan.statetransfer.TransactionInfo;
import org.infinispan.transaction.xa.GlobalTransaction;

/** Asks other members which transactions they know, by questions that Infinispan asks as well. */
final class TransactionQuestions {
  private final AdvancedCache<?, ?> cache;
  private final CommandsFactory commands;

  TransactionQuestions(AdvancedCache<?, ?> cache) {
    this.cache = cache;
    this.commands = ComponentRegistry.componentOf(cache, CommandsFactory.class);
  }

  /**
   * Which of these the member that began them does not run. Infinispan's own timer asks so.
   *
   * @param begun by the member that began them
   * @throws RuntimeException if one did not answer
   */
  Set<GlobalTransaction> forgotten(Map<Address, List<GlobalTransaction>> begun) {
    return new HashSet<>(
        this.<List<GlobalTransaction>, GlobalTransaction>ask(
            begun, them -> commands.buildCheckTransactionRpcCommand(them)));
  }

  /**
   * Which transactions from before this topology other owners have prepared, or have committed and
   * not tidied up. So asks an owner that gets a segment. The members that are asked will send the
   * ends of their own transactions to this node as well, which has to be an owner of the segments.
   *
   * @param segments by owners
   * @throws RuntimeException if one did not answer
   */
  Set<GlobalTransaction> known(Map<Address, IntSet> segments, int topology) {
    return this.<IntSet, TransactionInfo>ask(
            segments, them -> commands.buildStateTransferGetTransactionsCommand(topology, them))
        .stream()
        .map(TransactionInfo::getGlobalTransaction)
        .collect(Collectors.toSet());
  }

  private <Q, T> List<T> ask(Map<Address, Q> questions, Function<Q, CacheRpcCommand> command) {
    RpcManager rpc = cache.getRpcManager();
    // All are asked before one is waited for.
    List<CompletionStage<Collection<T>>> answers =
        questions.entrySet().stream()
            .map(
                question ->
                    rpc.invokeCommand(
                        question.getKey(),
                        command.apply(question.getValue()),
                        new Answer<T>(),
                        rpc.getSyncRpcOptions()))
            .toList();
    return answers.stream()
        .flatMap(answer -> answer.toCompletableFuture().join().stream())
        .toList();
  }

  /** The collector of Infinispan's own timer takes a failure for "none". */
  private static final class Answer<T>
      extends ValidSingleResponseCollector<Address, Collection<T>> {
    @Override
    @SuppressWarnings("unchecked") // As each command is defined.
    protected Collection<T> withValidResponse(Address sender, ValidResponse<?> response) {
      if (response instanceof SuccessfulCollectionResponse<?> answer) {
        return (Collection<T>) answer.getResponseValue();
      }
      throw new CacheException(sender + " does not tell which transactions it knows: " + response);
    }

    @Override
    protected Collection<T> targetNotFound(Address sender) {
      throw new CacheException(sender + " does not run the cache");
    }
  }
}
