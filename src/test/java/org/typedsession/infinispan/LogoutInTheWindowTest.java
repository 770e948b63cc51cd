package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.infinispan.cluster.CopyRepairTest;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.spi.SessionLookup;
import org.typedsession.testkit.Account;

/**
 * Logouts after a write of which the backup has not heard, since the caller died, and before the
 * copies are repaired: a logout that follows the tombstone of the primary owner ends what the
 * backup does not lead to, and one that finds the session ended ends nothing.
 *
 * <p>No repair runs at all here, so that the moment before it is as long as the test needs.
 */
final class LogoutInTheWindowTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CastOfThree cast = new CastOfThree(1);
  // Members change places when one leaves: a session whose owners stay.
  private final SessionId id =
      cast.created(cast.idOfOwners(cast::isOfOwnersWithoutTheCaller), Account.EMPTY);
  private final SessionId successor = cast.idOfOwners(cast::isOfOwnersWithoutTheCaller);
  private final SessionLookup.Live<Account> live = cast.live(id);
  private final SessionHandle handle = live.session().handle();
  // The message that would tell the backup.
  private final Hold late =
      cast.cluster()
          .network()
          .holdOne(cast.primary().address(), cast.backup().address(), CastOfThree.key(id), 1);

  LogoutInTheWindowTest() {
    cast.cluster().nodes().forEach(node -> CopyRepairTest.repair(node).close());
  }

  @AfterEach
  void stop() {
    late.release();
    cast.close();
  }

  /** The primary owner has made the last write of the caller, and the backup has not. */
  private void dieAfter(Runnable write) {
    // It waits for an answer until its node is told that it is alone.
    CompletableFuture<Void> unanswered =
        CompletableFuture.runAsync(write, work -> new Thread(work, "dead caller").start());
    await("the message to the backup", () -> late.held() > 0 || unanswered.isDone());
    assertThat(unanswered).isNotDone();
    await("the write by the primary owner", () -> !isLive(cast.primary()));
    cast.bury(cast.caller());
    cast.awaitWholeWithout(cast.caller());
    assertThat(cast.isOfOwners(id, cast.backup())).isTrue();
    assertThat(isLive(cast.primary())).isFalse();
    assertThat(isLive(cast.backup())).isTrue();
  }

  private void remap() {
    cast.connector().remapSession(successor, id, live, live.session());
  }

  private void logOut() {
    cast.connector().endSession(handle, id);
  }

  @Test
  void logout_byThePrimaryOwner_holdsAtTheBackup() {
    dieAfter(this::remap);

    logOutAtThePrimaryOwner();

    assertThatNobodyIsLoggedIn(List.of(cast.primary(), cast.backup()));
    late.release();
    await("the late message", () -> late.arrived() > 0);
    assertThatNobodyIsLoggedIn(List.of(cast.primary(), cast.backup()));
  }

  @Test
  void logout_byThePrimaryOwnerThatDiesThen_holdsWithTheBackupInItsPlace() {
    dieAfter(this::remap);

    logOutAtThePrimaryOwner();
    cast.bury(cast.primary());
    cast.awaitWholeWithout(cast.primary());

    assertThatNobodyIsLoggedIn(cast.cluster().nodes());
  }

  /** There is nothing left to end where it is asked for, and the backup has not heard of that. */
  @Test
  void logout_afterOneThatDidNotReachTheBackup_holdsWithTheBackupInItsPlace() {
    dieAfter(this::logOut);

    logOutAtThePrimaryOwner();
    cast.bury(cast.primary());
    cast.awaitWholeWithout(cast.primary());

    assertThatNobodyIsLoggedIn(cast.cluster().nodes());
  }

  private void logOutAtThePrimaryOwner() {
    cast.over(cast.primary()).endSession(handle, id);
  }

  private void assertThatNobodyIsLoggedIn(List<Node> nodes) {
    for (Node node : nodes) {
      assertThat(cast.over(node).lookUpSession(id))
          .as("the id that was logged out, on %s", node)
          .isNotInstanceOf(SessionLookup.Live.class);
    }
  }

  private boolean isLive(Node node) {
    String text = CastOfThree.copy(node, id);
    return text != null && EntryFormat.isLive(text);
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }
}
