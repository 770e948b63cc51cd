package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.infinispan.AdvancedCache;
import org.infinispan.cache.impl.AbstractDelegatingAdvancedCache;
import org.infinispan.commons.TimeoutException;
import org.infinispan.container.entries.CacheEntry;
import org.infinispan.context.Flag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.Watches;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;

/**
 * Logouts along tombstones of which a fault has kept one from its backup, where the old id is still
 * live.
 */
final class LogoutOnAllCopiesTest {
  private static final int LONG_CHAIN = 20;

  private final CastOfThree cast = new CastOfThree();
  private final SessionStoreConnector<Account> connector = cast.over(cast.primary());
  // The ids that the session has had, and the one that it has.
  private final List<SessionId> ids = new ArrayList<>();
  // As it was stored under each that it has had.
  private final Map<SessionId, String> liveBefore = new HashMap<>();
  private SessionLookup.Live<Account> live;

  LogoutOnAllCopiesTest() {
    // Only the logout is to bring copies together.
    for (Node node : cast.cluster().nodes()) {
      Watches.endRepair(node.watch());
    }
    ids.add(cast.created(Account.EMPTY));
    live = cast.live(ids.get(0));
  }

  @BeforeEach
  void rotateOnce() {
    rotate();
  }

  @AfterEach
  void close() {
    cast.close();
  }

  private SessionId last() {
    return ids.get(ids.size() - 1);
  }

  private void rotate() {
    SessionId next = cast.idOfOwners();
    liveBefore.put(last(), cast.primary().cache().cache().get(CastOfThree.key(last())));
    assertThat(connector.remapSession(next, last(), live, live.session()))
        .isInstanceOf(WriteSessionResult.Written.class);
    ids.add(next);
    live = cast.live(next);
  }

  /** As where the backup was never told that the session has moved. */
  private void keepFromTheBackup(SessionId id) {
    cast.backup()
        .cache()
        .cache()
        .withFlags(Flag.CACHE_MODE_LOCAL)
        .put(CastOfThree.key(id), liveBefore.get(id));
    assertThat(cast.over(cast.backup()).lookUpSession(id)).isInstanceOf(SessionLookup.Live.class);
  }

  /** How many messages the primary owner has sent, with those that nobody waits for. */
  private long sent() {
    cast.cluster().awaitQuiet();
    return cast.primary().wire().sent();
  }

  private static StoredEntry stored(Node node, SessionId id) {
    String text = CastOfThree.copy(node, id);
    assertThat(text).isNotNull();
    return EntryFormat.decode(text);
  }

  private void assertDeadEverywhere() {
    for (Node node : List.of(cast.primary(), cast.backup())) {
      for (SessionId id : ids) {
        assertThat(cast.over(node).lookUpSession(id))
            .as("%s on %s", id, node)
            .isNotInstanceOf(SessionLookup.Live.class);
      }
    }
  }

  @Test
  void endSession_alongATombstone_isOnAllCopies() {
    keepFromTheBackup(ids.get(0));

    assertThat(connector.endSession(live.session().handle(), ids.get(0))).isTrue();

    assertDeadEverywhere();
  }

  /** Of a remap whose caller has died somebody else may hold the new id, and log out with it. */
  @Test
  void endSession_byASuccessorThatWasNotWrittenSince_isOnAllCopies() {
    keepFromTheBackup(ids.get(0));

    assertThat(connector.endSession(live.session().handle(), last())).isTrue();

    assertDeadEverywhere();
  }

  @Test
  void endSession_ofAnEndedSession_bringsTombstonesToAllCopies() {
    connector.endSession(live.session().handle(), last());
    cast.backup()
        .cache()
        .cache()
        .withFlags(Flag.CACHE_MODE_LOCAL)
        .remove(CastOfThree.key(ids.get(0)));

    // As another application of that node, which does not remember.
    assertThat(cast.over(cast.primary()).endSession(live.session().handle(), ids.get(0))).isFalse();

    assertThat(stored(cast.backup(), ids.get(0))).isInstanceOf(StoredEntry.Moved.class);
  }

  /** Not as a failure of the cache, which the application does not know. */
  @Test
  void endSession_tombstoneThatCannotBeRead_isUnavailable() {
    AdvancedCache<String, String> failing =
        new AbstractDelegatingAdvancedCache<>(cast.primary().cache().cache()) {
          @Override
          @SuppressWarnings("rawtypes") // as it is declared
          public AdvancedCache rewrap(AdvancedCache newDelegate) {
            return this;
          }

          @Override
          public CacheEntry<String, String> getCacheEntry(Object key) {
            throw new TimeoutException("no answer");
          }
        };
    try (SessionCache cache = SessionCache.of(failing, AcceptedRisks.NONE, 1)) {
      SessionStoreConnector<Account> other = cast.over(cache);

      assertThatExceptionOfType(SessionStoreUnavailableException.class)
          .isThrownBy(() -> other.endSession(live.session().handle(), ids.get(0)));
    }
  }

  @Test
  void endSession_alongATombstoneOfLongAgo_writesNothingButTheEnd() {
    cast.clock().advance(Watches.RECENT.plus(Duration.ofSeconds(1)));
    long before = sent();
    connector.endSession(live.session().handle(), last());
    long ofTheEnd = sent() - before;
    SessionId other = cast.created(Account.EMPTY);
    live = cast.live(other);
    ids.clear();
    ids.add(other);
    rotate();
    cast.clock().advance(Watches.RECENT.plus(Duration.ofSeconds(1)));

    before = sent();
    connector.endSession(live.session().handle(), other);

    assertThat(sent() - before).isEqualTo(ofTheEnd);
  }

  @Test
  void clear_ofALongChain_bringsEachTombstoneToAllCopiesOnce() {
    while (ids.size() <= LONG_CHAIN) {
      rotate();
    }
    keepFromTheBackup(ids.get(LONG_CHAIN / 2));

    long before = sent();
    connector.clear();
    long sent = sent() - before;

    assertDeadEverywhere();
    // Two for each of them, the end, and what it costs to visit all entries; once for each id that
    // leads to it would be 200 and more.
    assertThat(sent).isBetween((long) LONG_CHAIN, 4L * LONG_CHAIN);
  }
}
