package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.TimeoutException;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.partitionhandling.impl.PartitionHandlingManager;
import org.infinispan.remoting.transport.Address;
import org.infinispan.topology.LocalTopologyManager;
import org.infinispan.transaction.impl.TransactionTable;
import org.infinispan.transaction.xa.GlobalTransaction;
import org.infinispan.transaction.xa.TransactionFactory;
import org.infinispan.util.concurrent.locks.LockManager;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.CastOfThree;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.RemapFaultsTest;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.infinispan.SimulatedNetwork.Watch;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;

/**
 * Transactions that are prepared on two owners when the node that would end them dies or is cut
 * off.
 */
final class OrphanedTransactionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long NUMBER_OF_NONE = 100_000;
  private static final Account FIRST = new Account("written-first", 1, 0);
  private static final Account SECOND = new Account("written-second", 2, 0);
  private static final Account THIRD = new Account("written-third", 3, 0);

  @Test
  void write_originatorDeadBetweenPrepareAndCommit_isPossibleAgain() {
    try (CastOfThree cast = new CastOfThree(Members.Mode.OPTIMISTIC)) {
      SessionId id = cast.created(FIRST);
      // It waits for an answer until after its death.
      CompletableFuture<?> unanswered = startWriteThatIsOnlyPrepared(cast, id);
      assertThat(unanswered).isNotDone();

      cast.bury(cast.caller());

      cast.awaitWholeWithout(cast.caller());
      assertOwnersAreFree(cast, id);
    }
  }

  @Test
  void write_ownerCutOffBetweenPrepareAndRollback_isPossibleAgain() {
    // It gives up before anybody notices.
    Configuration impatient = Members.impatient(Members.Mode.OPTIMISTIC.configuration(true));
    try (CastOfThree cast = new CastOfThree(0, impatient)) {
      SimulatedCluster cluster = cast.cluster();
      SessionId id = cast.created(FIRST);
      CompletableFuture<?> unanswered = startWriteThatIsOnlyPrepared(cast, id);

      // Its rollback does not reach the owner, which alone may not end anything.
      List<Node> others = List.of(cast.caller(), cast.backup());
      cluster.split(List.of(List.of(cast.primary()), others));
      await("the originator to give up", unanswered::isDone);
      cluster.notice(List.of(cast.primary()));
      cluster.notice(others);
      cluster.heal();

      assertOwnersAreFree(cast, id);
    }
  }

  @Test
  void write_commitOfTheSmallSideRefusedAfterTheMerge_isPossibleAgain() {
    try (CastOfThree cast = new CastOfThree(Members.Mode.OPTIMISTIC)) {
      SimulatedCluster cluster = cast.cluster();
      SessionId id = cast.created(FIRST);
      Node originator = cast.primary();
      startWriteWhoseCommitIsLost(cast, id);

      List<Node> others = List.of(cast.backup(), cast.caller());
      cluster.split(List.of(List.of(originator), others));
      cluster.notice(List.of(originator));
      await("the commit to be handed over", () -> handedOver(originator) == 1);
      cluster.notice(others);
      await("the others to roll it back", () -> prepared(cast.backup()) == 0);
      cluster.heal();

      await("the end of the lock", () -> handedOver(originator) == 0 && locks(originator) == 0);
      for (Node node : cluster.nodes()) {
        await("a write", () -> isWritten(cast.over(node), id));
      }
    }
  }

  @Test
  void end_topologyIsNotTheStableOne_leavesWhatWasForgotten() throws Exception {
    try (CastOfThree cast = new CastOfThree(1, Members.Mode.OPTIMISTIC.configuration(true))) {
      SimulatedCluster cluster = cast.cluster();
      Node owner = cast.primary();
      OrphanedTransactions orphans = impatient(owner);
      LocalTopologyManager topologies = component(owner, LocalTopologyManager.class);
      topologies.setCacheRebalancingEnabled(owner.cache().name(), false);
      // Whole, and not in balance.
      // The roles are drawn.
      List<Node> roles = List.of(cast.caller(), cast.primary(), cast.backup());
      Node dead =
          cluster.nodes().stream().filter(node -> !roles.contains(node)).findFirst().orElseThrow();
      cast.bury(dead);
      cast.awaitWholeWithout(dead);
      prepareOneThatIsForgotten(owner, cast.caller());

      assertThat(end(orphans)).isFalse();
      assertThat(prepared(owner)).isOne();

      topologies.setCacheRebalancingEnabled(owner.cache().name(), true);
      await("the end", () -> end(orphans));
      assertThat(prepared(owner)).isZero();
    }
  }

  @Test
  void end_originatorDoesNotAnswer_leavesItsTransactionsAndFails() {
    Configuration impatient = RemapFaultsTest.quick(Members.Mode.OPTIMISTIC.configuration(true));
    try (CastOfThree cast = new CastOfThree(0, impatient)) {
      Node owner = cast.primary();
      OrphanedTransactions orphans = impatient(owner);
      prepareOneThatIsForgotten(owner, cast.caller());
      cast.cluster().network().cut(owner.address(), cast.caller().address());

      assertThatThrownBy(orphans::end).hasRootCauseInstanceOf(TimeoutException.class);
      assertThat(prepared(owner)).isOne();

      cast.cluster().network().heal();
      assertThat(orphans.end()).isTrue();
      assertThat(prepared(owner)).isZero();
    }
  }

  @Test
  void end_originatorDoesNotRunTheCache_leavesItsTransactionsAndFails() {
    try (CastOfThree cast = new CastOfThree(Members.Mode.OPTIMISTIC)) {
      Node owner = cast.primary();
      OrphanedTransactions orphans = impatient(owner);
      prepareOneThatIsForgotten(owner, cast.caller());
      cast.caller().manager().getCache(owner.cache().name()).stop();

      assertThatThrownBy(orphans::end).hasMessageContaining("does not run the cache");
      assertThat(prepared(owner)).isOne();
    }
  }

  /** What it says when all have answered: while a view is new, a question may stay without. */
  private static boolean end(OrphanedTransactions orphans) {
    AtomicBoolean ended = new AtomicBoolean();
    Awaitility.await("answers")
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(CompletionException.class)
        .until(
            () -> {
              ended.set(orphans.end());
              return true;
            });
    return ended.get();
  }

  /** A transaction of which a member would not know that it has begun it. */
  private static void prepareOneThatIsForgotten(Node owner, Node originator) {
    Address address = originator.advanced().getRpcManager().getAddress();
    TransactionFactory factory = component(owner, TransactionFactory.class);
    // Each node counts its own, so that a low number may be that of one which the member has ended.
    GlobalTransaction forgotten = factory.newGlobalTransaction(address, true);
    while (forgotten.getId() < NUMBER_OF_NONE) {
      forgotten = factory.newGlobalTransaction(address, true);
    }
    table(owner).getOrCreateRemoteTransaction(forgotten, List.of());
  }

  /** Does at once what it usually waits for. */
  private static OrphanedTransactions impatient(Node node) {
    AdvancedCache<String, String> cache = node.advanced();
    return new OrphanedTransactions(
        cache, new HandedOverTransactions(cache, Duration.ZERO), Duration.ZERO);
  }

  /** A write of the primary owner's that the backup has prepared, and is not told to commit. */
  private static void startWriteWhoseCommitIsLost(CastOfThree cast, SessionId id) {
    SimulatedNetwork network = cast.cluster().network();
    Node originator = cast.primary();
    Node backup = cast.backup();
    SessionStoreConnector<Account> connector = cast.over(originator);
    SessionLookup.Live<Account> live = cast.live(id);
    Hold answers = network.hold(backup.address(), originator.address(), "");
    // Until its life ends: nobody looks at what becomes of it.
    new Thread(() -> attempt(connector, id, live), "originator").start();
    await("the backup to have prepared it", () -> prepared(backup) == 1);

    Watch commit = network.watch(originator.address(), backup.address(), "", () -> {});
    network.cut(originator.address(), backup.address());
    answers.release();

    await("the commit", () -> commit.seen() > 0);
  }

  private static void attempt(
      SessionStoreConnector<Account> connector, SessionId id, SessionLookup.Live<Account> live) {
    try {
      connector.writeSession(id, live, live.session().withData(SECOND));
    } catch (SessionStoreUnavailableException e) {
      // It may be answered in time or not.
    }
  }

  /** A write of the caller's that both owners have prepared, and that cannot be committed. */
  private CompletableFuture<?> startWriteThatIsOnlyPrepared(CastOfThree cast, SessionId id) {
    SessionLookup.Live<Account> live = cast.live(id);
    // Without the answer of one of those that prepared it there is no commit.
    cast.cluster()
        .network()
        .watch(
            cast.caller().address(),
            cast.primary().address(),
            SECOND.user(),
            () -> cast.cluster().network().cut(cast.primary().address(), cast.caller().address()));
    CompletableFuture<?> unanswered =
        CompletableFuture.supplyAsync(
            () -> cast.connector().writeSession(id, live, live.session().withData(SECOND)),
            work -> new Thread(work, "originator").start());
    await(
        "the transaction to be prepared by both owners",
        () -> owners(cast).stream().allMatch(node -> prepared(node) == 1));
    return unanswered;
  }

  private static void assertOwnersAreFree(CastOfThree cast, SessionId id) {
    await("its end", () -> owners(cast).stream().allMatch(node -> prepared(node) == 0));
    for (Node node : owners(cast)) {
      SessionStoreConnector<Account> connector = cast.over(node);
      // The originator may be making its write again.
      await("a write", () -> isWritten(connector, id));
    }
  }

  private static boolean isWritten(SessionStoreConnector<Account> connector, SessionId id) {
    return connector.lookUpSession(id) instanceof SessionLookup.Live<Account> live
        && connector.writeSession(id, live, live.session().withData(THIRD))
            instanceof WriteSessionResult.Written;
  }

  private static List<Node> owners(CastOfThree cast) {
    return List.of(cast.primary(), cast.backup());
  }

  private static int prepared(Node node) {
    return table(node).getRemoteTxCount();
  }

  private static int handedOver(Node node) {
    return component(node, PartitionHandlingManager.class).getPartialTransactions().size();
  }

  private static int locks(Node node) {
    return component(node, LockManager.class).getNumberOfLocksHeld();
  }

  private static <C> C component(Node node, Class<C> type) {
    return ComponentRegistry.componentOf(node.advanced(), type);
  }

  private static TransactionTable table(Node node) {
    return component(node, TransactionTable.class);
  }

  private static void await(String what, Supplier<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition::get);
  }
}
