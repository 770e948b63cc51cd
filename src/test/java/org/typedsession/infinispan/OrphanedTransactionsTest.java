package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.transaction.impl.TransactionTable;
import org.junit.jupiter.api.AfterEach;
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

  private final CastOfThree cast = new CastOfThree(Members.Mode.OPTIMISTIC);

  @AfterEach
  void stop() {
    cast.close();
  }

  @Test
  void write_originatorDeadBetweenPrepareAndCommit_isPossibleAgain() {
    List<Node> owners = List.of(cast.primary(), cast.backup());
    SessionId id = cast.created(FIRST);
    CompletableFuture<?> unanswered = startWriteThatIsOnlyPrepared(id);
    assertThat(unanswered).isNotDone();

    cast.bury(cast.caller());

    cast.awaitWholeWithout(cast.caller());
    await("its end", () -> owners.stream().allMatch(node -> prepared(node) == 0));
    for (Node node : owners) {
      assertWritable(id, node);
    }
  }

  @Test
  void write_originatorCutOffBetweenPrepareAndRollback_isPossibleAgain() {
    List<Node> owners = List.of(cast.primary(), cast.backup());
    SessionId id = cast.created(FIRST);
    CompletableFuture<?> unanswered = startWriteThatIsOnlyPrepared(id);

    // Its rollback reaches no owner, and it is back before the others have gone on without it.
    cast.cluster().split(List.of(List.of(cast.caller()), owners));
    cast.cluster().notice(List.of(cast.caller()));
    await("the originator to give up", unanswered::isDone);
    await("the originator to forget", () -> table(cast.caller()).getLocalTxCount() == 0);
    cast.cluster().notice(owners);
    cast.cluster().heal();

    await("its end", () -> owners.stream().allMatch(node -> prepared(node) == 0));
    for (Node node : owners) {
      assertWritable(id, node);
    }
  }

  /** A write of the caller's that both owners have prepared, and that cannot be committed. */
  private CompletableFuture<?> startWriteThatIsOnlyPrepared(SessionId id) {
    SessionLookup.Live<Account> live = cast.live(id);
    // Without the answer of one of those that prepared it there is no commit.
    cast.cluster()
        .network()
        .watch(
            cast.caller().address(),
            cast.primary().address(),
            SECOND.user(),
            () -> cast.cluster().network().cut(cast.primary().address(), cast.caller().address()));
    // It waits for an answer until long after this test.
    CompletableFuture<?> unanswered =
        CompletableFuture.supplyAsync(
            () -> cast.connector().writeSession(id, live, live.session().withData(SECOND)),
            work -> new Thread(work, "dead originator").start());
    await(
        "the transaction to be prepared by both owners",
        () -> Stream.of(cast.primary(), cast.backup()).allMatch(node -> prepared(node) == 1));
    return unanswered;
  }

  private void assertWritable(SessionId id, Node node) {
    SessionStoreConnector<Account> connector = cast.over(node);
    SessionLookup<Account> found = connector.lookUpSession(id);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    SessionLookup.Live<Account> left = (SessionLookup.Live<Account>) found;
    assertThat(connector.writeSession(id, left, left.session().withData(THIRD)))
        .isInstanceOf(WriteSessionResult.Written.class);
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
