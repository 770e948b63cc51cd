package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.infinispan.AdvancedCache;
import org.infinispan.context.Flag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.CopyRepairTest;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;

/**
 * Logouts on an owner whose copy shows the session live under an id from which the primary owner
 * knows it has moved, and which nobody repairs.
 */
final class LogoutOnAStaleCopyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CastOfThree cast = new CastOfThree();
  private final SessionId id = cast.created(Account.EMPTY);
  private final SessionId successor = cast.idOfOwners();
  private final SessionLookup.Live<Account> live = cast.live(id);

  LogoutOnAStaleCopyTest() {
    cast.cluster().nodes().forEach(node -> CopyRepairTest.repair(node).close());
    String before = cast.primary().cache().cache().get(CastOfThree.key(id));
    assertThat(cast.over(cast.primary()).remapSession(successor, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.Written.class);
    cast.backup().cache().cache().withFlags(Flag.CACHE_MODE_LOCAL).put(CastOfThree.key(id), before);
  }

  @AfterEach
  void close() {
    cast.close();
  }

  /** It looked at its own copy again and again, while the primary owner refused what that says. */
  @Test
  void endSession_whereTheCopyIsBehind_endsTheSessionAndIsAcknowledgedWhenTheCopiesAgree() {
    SessionStoreConnector<Account> connector = cast.over(cast.backup());
    SessionHandle handle = live.session().handle();
    CompletableFuture<Boolean> logout =
        CompletableFuture.supplyAsync(
            () -> connector.endSession(handle, id), work -> new Thread(work, "logout").start());

    // The old id is live on that copy, so nobody is told yet that it is over.
    assertThat(logout)
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(SessionStoreUnavailableException.class);
    for (Node node : cast.cluster().nodes()) {
      assertThat(cast.over(node).lookUpSession(successor)).isInstanceOf(SessionLookup.Ended.class);
    }

    copy(cast.backup()).put(CastOfThree.key(id), copy(cast.primary()).get(CastOfThree.key(id)));
    connector.endSession(handle, id);

    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
  }

  /** The event of a logout is for whoever ended the session, wherever it looked afterwards. */
  @Test
  void endSession_copyIsMendedAfterTheEnd_saysThatItEndedTheSession() {
    cast.cluster()
        .network()
        .watch(
            cast.backup().address(),
            cast.primary().address(),
            CastOfThree.key(id),
            () ->
                copy(cast.backup())
                    .put(CastOfThree.key(id), copy(cast.primary()).get(CastOfThree.key(id))));
    SessionStoreConnector<Account> connector = cast.over(cast.backup());

    assertThat(connector.endSession(live.session().handle(), successor)).isTrue();

    assertThat(connector.endSession(live.session().handle(), successor)).isFalse();
  }

  @Test
  void endSession_predecessorIsLostAfterTheEnd_saysThatItEndedTheSession() {
    cast.cluster()
        .network()
        .watch(
            cast.backup().address(),
            cast.primary().address(),
            CastOfThree.key(id),
            () -> {
              copy(cast.backup()).remove(CastOfThree.key(id));
              copy(cast.primary()).remove(CastOfThree.key(id));
            });
    SessionStoreConnector<Account> connector = cast.over(cast.backup());

    assertThat(connector.endSession(live.session().handle(), successor)).isTrue();

    assertThat(connector.lookUpSession(successor)).isInstanceOf(SessionLookup.Ended.class);
  }

  private static AdvancedCache<String, String> copy(Node node) {
    return node.cache().cache().withFlags(Flag.CACHE_MODE_LOCAL);
  }
}
