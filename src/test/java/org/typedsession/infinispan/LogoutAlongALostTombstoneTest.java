package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.infinispan.AdvancedCache;
import org.infinispan.context.Flag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.CopyRepairTest;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;

/**
 * Logouts that have read a tombstone which its primary owner alone had, and which is gone with that
 * node: the id that it leads to never became the session's, and the session has moved elsewhere.
 */
final class LogoutAlongALostTombstoneTest {
  private final CastOfThree cast = new CastOfThree();
  private final SessionStoreConnector<Account> connector = cast.connector();
  private final SessionId id = cast.created(Account.EMPTY);
  private final SessionLookup.Live<Account> live = cast.live(id);
  private final SessionHandle handle = live.session().handle();
  private final SessionId lost = cast.idOfOwners();
  private final SessionId successor = cast.idOfOwners();
  private final String toLost;
  private final String toSuccessor;

  LogoutAlongALostTombstoneTest() {
    cast.cluster().nodes().forEach(node -> CopyRepairTest.repair(node).close());
    String before = copy(cast.primary()).get(CastOfThree.key(id));
    toLost = remapped(lost);
    putOnBothCopies(id, before);
    toSuccessor = remapped(successor);
  }

  @AfterEach
  void close() {
    cast.close();
  }

  /** Remaps the session; gives the tombstone. */
  private String remapped(SessionId to) {
    assertThat(connector.remapSession(to, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.Written.class);
    return copy(cast.primary()).get(CastOfThree.key(id));
  }

  private List<Node> owners() {
    return List.of(cast.primary(), cast.backup());
  }

  private static AdvancedCache<String, String> copy(Node node) {
    return node.cache().cache().withFlags(Flag.CACHE_MODE_LOCAL);
  }

  private void putOnBothCopies(SessionId under, String text) {
    owners().forEach(owner -> copy(owner).put(CastOfThree.key(under), text));
  }

  /** The tombstone is there until the caller has read it, and asks for what it leads to. */
  private void loseOnceRead() {
    putOnBothCopies(id, toLost);
    for (Node owner : owners()) {
      cast.cluster()
          .network()
          .watch(
              cast.caller().address(),
              owner.address(),
              CastOfThree.key(lost),
              () -> putOnBothCopies(id, toSuccessor));
    }
  }

  private void assertSuccessorIsOver() {
    assertThat(copy(cast.primary()).get(CastOfThree.key(id))).isEqualTo(toSuccessor);
    for (Node node : cast.cluster().nodes()) {
      assertThat(cast.over(node).lookUpSession(successor)).isInstanceOf(SessionLookup.Ended.class);
    }
  }

  @Test
  void endSession_tombstoneIsLostOnceItWasRead_endsTheSessionWhereItIs() {
    loseOnceRead();

    assertThat(connector.endSession(handle, id)).isTrue();

    assertSuccessorIsOver();
  }

  /** What was known of one tombstone of an id is not known of another. */
  @Test
  void endSession_tombstoneThatIsLostLeadsToAnEnd_endsTheSessionWhereItIs() {
    connector.findSession(handle, id);
    putOnBothCopies(
        lost, EntryFormat.encode(new StoredEntry.Ended(handle, 0, cast.clock().instant(), 1)));
    loseOnceRead();

    assertThat(connector.endSession(handle, id)).isTrue();

    assertSuccessorIsOver();
  }

  @Test
  void endSession_byTheIdThatNeverWas_endsTheSessionWhereItIs() {
    assertThat(connector.endSession(handle, lost)).isTrue();

    assertSuccessorIsOver();
  }

  /** The lost tombstone may have been the only one that there ever was. */
  @Test
  void endSession_sessionNeverMoved_endsItWhereItIs() {
    SessionId other = cast.created(Account.EMPTY);
    SessionLookup.Live<Account> otherLive = cast.live(other);
    SessionId never = cast.idOfOwners();
    String before = copy(cast.primary()).get(CastOfThree.key(other));
    assertThat(connector.remapSession(never, other, otherLive, otherLive.session()))
        .isInstanceOf(WriteSessionResult.Written.class);
    putOnBothCopies(other, before);

    assertThat(connector.endSession(otherLive.session().handle(), never)).isTrue();

    for (Node node : cast.cluster().nodes()) {
      assertThat(cast.over(node).lookUpSession(other)).isInstanceOf(SessionLookup.Ended.class);
    }
  }
}
