package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionHandle;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.testing.Account;

/**
 * Logouts after a write of which the backup has not heard, since the caller died, and before the
 * copies are repaired: a logout that follows the tombstone of the primary owner ends what the
 * backup does not lead to, and one that finds the session ended ends nothing.
 *
 * <p>No repair runs at all here, so that the moment before it is as long as the test needs.
 */
final class LogoutInTheWindowTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  // Members change places when one leaves; of so many, some sessions keep their owners.
  private static final int SESSIONS = 6;

  private final CastOfThree cast = new CastOfThree(1);
  private final List<Orphan> orphans = new ArrayList<>();
  // Behind a message that is late nothing of its segment is written, so that each session and each
  // successor has one of its own.
  private final Set<Integer> segments = new HashSet<>();

  /**
   * A session of which the primary owner has a tombstone, and the backup has it live.
   *
   * @param late the message that would tell the backup
   */
  private record Orphan(SessionId id, SessionHandle handle, Hold late) {}

  /** What the caller asks for before it dies. */
  @FunctionalInterface
  private interface LastRequest {
    /**
     * @param successor free for it
     */
    void of(SessionId id, SessionLookup.Live<Account> live, SessionId successor);
  }

  private Orphan orphanedBy(LastRequest request) {
    cast.cluster().nodes().forEach(node -> CopyRepairTest.repair(node).close());
    for (int i = 0; i < SESSIONS; i++) {
      orphans.add(begin(request));
    }
    for (Orphan one : orphans) {
      await("the message to the backup", () -> one.late.held() > 0);
      await("the write by the primary owner", () -> !isLive(cast.primary(), one.id));
    }
    cast.bury(cast.caller());
    cast.awaitWholeWithout(cast.caller());
    Orphan orphan =
        orphans.stream()
            .filter(one -> cast.isOfOwners(one.id, cast.backup()))
            .findFirst()
            .orElseThrow();
    assertThat(isLive(cast.primary(), orphan.id)).isFalse();
    assertThat(isLive(cast.backup(), orphan.id)).isTrue();
    return orphan;
  }

  @AfterEach
  void stop() {
    orphans.forEach(one -> one.late.release());
    cast.close();
  }

  private Orphan begin(LastRequest request) {
    SessionId id = cast.created(idOfItsOwnSegment(), Account.EMPTY);
    SessionId successor = idOfItsOwnSegment();
    SessionLookup.Live<Account> live = cast.live(id);
    Hold late =
        cast.cluster()
            .network()
            .holdOne(cast.primary().address(), cast.backup().address(), CastOfThree.key(id), 1);
    // It waits for an answer until its node is told that it is alone.
    new Thread(() -> ask(request, id, live, successor), "dead caller").start();
    return new Orphan(id, live.session().handle(), late);
  }

  private SessionId idOfItsOwnSegment() {
    SessionId id = cast.idOfOwners(other -> !segments.contains(cast.segment(other)));
    segments.add(cast.segment(id));
    return id;
  }

  private static void ask(
      LastRequest request, SessionId id, SessionLookup.Live<Account> live, SessionId successor) {
    try {
      request.of(id, live, successor);
    } catch (SessionStoreUnavailableException expected) {
      // Nobody hears of it.
    }
  }

  private void remap(SessionId id, SessionLookup.Live<Account> live, SessionId successor) {
    cast.connector().updateSession(successor, id, live, live.session());
  }

  private void logOut(SessionId id, SessionLookup.Live<Account> live, SessionId unused) {
    cast.connector().endSession(live.session().handle(), id);
  }

  @Test
  void logout_byThePrimaryOwner_holdsAtTheBackup() {
    Orphan session = orphanedBy(this::remap);

    logOutAtThePrimaryOwner(session);

    assertThatNobodyIsLoggedIn(session, List.of(cast.primary(), cast.backup()));
    session.late.release();
    await("the late message", () -> session.late.arrived() > 0);
    assertThatNobodyIsLoggedIn(session, List.of(cast.primary(), cast.backup()));
  }

  @Test
  void logout_byThePrimaryOwnerThatDiesThen_holdsWithTheBackupInItsPlace() {
    Orphan session = orphanedBy(this::remap);

    logOutAtThePrimaryOwner(session);
    cast.bury(cast.primary());
    cast.awaitWholeWithout(cast.primary());

    assertThatNobodyIsLoggedIn(session, cast.cluster().nodes());
  }

  /** There is nothing left to end where it is asked for, and the backup has not heard of that. */
  @Test
  void logout_afterOneThatDidNotReachTheBackup_holdsWithTheBackupInItsPlace() {
    Orphan session = orphanedBy(this::logOut);

    logOutAtThePrimaryOwner(session);
    cast.bury(cast.primary());
    cast.awaitWholeWithout(cast.primary());

    assertThatNobodyIsLoggedIn(session, cast.cluster().nodes());
  }

  private void logOutAtThePrimaryOwner(Orphan session) {
    cast.over(cast.primary()).endSession(session.handle, session.id);
  }

  private void assertThatNobodyIsLoggedIn(Orphan session, List<Node> nodes) {
    for (Node node : nodes) {
      assertThat(cast.over(node).lookUpSession(session.id))
          .as("the id that was logged out, on %s", node)
          .isNotInstanceOf(SessionLookup.Live.class);
    }
  }

  private static boolean isLive(Node node, SessionId id) {
    byte[] bytes = CastOfThree.copy(node, id);
    return bytes != null && EntryFormat.isLive(bytes);
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition);
  }
}
