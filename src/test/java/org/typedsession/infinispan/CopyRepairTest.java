package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.testing.Account;

/**
 * Writes that one owner has and the other has not, because whoever asked for them is dead.
 *
 * <p>The caller owns no copy. The message by which the primary owner tells the backup is late: it
 * arrives when the backup knows already that the caller is gone, and is refused as one of an older
 * topology. The caller would have made the write again, and nobody else does.
 */
final class CopyRepairTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LIFETIME = Duration.ofMinutes(30);
  private static final Account FIRST = new Account("written-first", 1, 0);
  private static final Account SECOND = new Account("written-second", 2, 0);

  private final CastOfThree cast = new CastOfThree();
  private final SessionStoreConnector<Account> connector = cast.connector();

  @AfterEach
  void stop() {
    cast.close();
  }

  @Test
  void remap_backupNotToldAndCallerDead_isTheSameOnAllCopies() {
    SessionId id = cast.created(FIRST);
    SessionId successor = cast.idOfOwners();
    SessionLookup.Live<Account> live = cast.live(id);

    orphan(id, () -> connector.updateSession(successor, id, live, live.session().withData(SECOND)));

    // Nobody was told of it, so it may be undone where the backup has become the primary owner.
    boolean isMoved =
        cast.over(cast.primary()).lookUpSession(id) instanceof SessionLookup.Moved<Account>;
    for (Node node : List.of(cast.primary(), cast.backup())) {
      assertThat(cast.over(node).lookUpSession(id))
          .isInstanceOf(isMoved ? SessionLookup.Moved.class : SessionLookup.Live.class);
      assertThat(cast.over(node).lookUpSession(successor))
          .isInstanceOf(isMoved ? SessionLookup.Live.class : SessionLookup.Unknown.class);
    }
  }

  @Test
  void write_backupNotToldAndCallerDead_isTheSameOnAllCopies() {
    SessionId id = cast.created(FIRST);
    SessionLookup.Live<Account> live = cast.live(id);

    orphan(id, () -> connector.writeSession(id, live, live.session().withData(SECOND)));

    for (Node node : List.of(cast.primary(), cast.backup())) {
      assertThat(cast.over(node).lookUpSession(id)).isInstanceOf(SessionLookup.Live.class);
    }
  }

  @Test
  void run_entriesOfBefore_areLeftAlone() {
    SessionId id = cast.idOfOwners();
    assertThat(run(Long.MIN_VALUE)).as("repaired").isZero();
    Instant before = Instant.now();
    connector.createSession(
        id, connector.newSession(SessionExpiry.at(cast.clock().instant().plus(LIFETIME)), FIRST));

    assertThat(run(Instant.now().plusSeconds(1).toEpochMilli())).as("later ones").isZero();
    assertThat(run(before.toEpochMilli())).as("this one").isEqualTo(1);
  }

  @Test
  void run_entryThatExpires_keepsItsTime() {
    SessionId id = cast.idOfOwners();
    connector.createSession(
        id, connector.newSession(SessionExpiry.at(cast.clock().instant().plus(LIFETIME)), FIRST));
    long expires = expiryTime(cast.primary(), id);

    assertThat(run(Long.MIN_VALUE)).isEqualTo(1);

    // The rest is counted in milliseconds, by the clock of the node that writes.
    assertThat(expiryTime(cast.primary(), id)).isBetween(expires - 1, expires + 1_000);
    assertThat(expiryTime(cast.backup(), id)).isBetween(expires - 1_000, expires + 1_000);
  }

  @Test
  void run_entriesOfOtherStores_areLeftAlone() {
    AdvancedCache<String, String> cache = cast.primary().cache().cache();
    for (int i = 0; i < 100; i++) {
      cache.put("other-" + i, "not an entry of this library");
    }

    assertThat(run(Long.MIN_VALUE)).isZero();
  }

  private long run(long from) {
    CopyRepair repair = repair(cast.primary());
    long before = repair.repaired();
    assertThat(repair.run(from)).isTrue();
    return repair.repaired() - before;
  }

  private static CopyRepair repair(Node node) {
    CopyRepair repair = node.cache().repair();
    assertThat(repair).isNotNull();
    return repair;
  }

  private static long expiryTime(Node node, SessionId id) {
    AdvancedCache<String, String> cache = node.cache().cache();
    return cache
        .getDataContainer()
        .peek(cache.getKeyDataConversion().toStorage(CastOfThree.key(id)))
        .getExpiryTime();
  }

  /**
   * Has the caller die in the middle of a write that the primary owner has made, and the backup
   * hear of it too late.
   *
   * @param id what is written, and where there is something else before
   */
  private void orphan(SessionId id, Supplier<?> write) {
    Hold late =
        cast.cluster()
            .network()
            .hold(cast.primary().address(), cast.backup().address(), CastOfThree.key(id));
    CompletableFuture<?> never = CompletableFuture.supplyAsync(write);
    await("the message to the backup", () -> late.held() > 0);
    await(
        "the write by the primary owner",
        () ->
            !Arrays.equals(
                CastOfThree.copy(cast.primary(), id), CastOfThree.copy(cast.backup(), id)));
    assertThat(never).isNotDone();

    cast.bury(cast.caller());
    // The backup would take it otherwise.
    cast.cluster().awaitWhole();
    late.release();

    await("the late message", () -> late.arrived() > 0);
    await(
        "the copies to be the same",
        () ->
            Arrays.equals(
                CastOfThree.copy(cast.primary(), id), CastOfThree.copy(cast.backup(), id)));
    assertThat(CastOfThree.copy(cast.primary(), id)).isNotNull();
    await(
        "the repair",
        () -> repair(cast.primary()).repaired() + repair(cast.backup()).repaired() > 0);
    cast.awaitWholeWithout(cast.caller());
  }

  private static void await(String what, Supplier<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition::get);
  }
}
