package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.transaction.impl.TransactionTable;
import org.junit.jupiter.api.Test;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testing.Account;

/**
 * Transactions that are prepared on two owners when the node that would end them dies or is cut
 * off.
 */
final class OrphanedTransactionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
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

  private static TransactionTable table(Node node) {
    return ComponentRegistry.componentOf(node.cache().cache(), TransactionTable.class);
  }

  private static void await(String what, Supplier<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition::get);
  }
}
