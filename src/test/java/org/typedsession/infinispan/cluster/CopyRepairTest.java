package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.container.entries.InternalCacheEntry;
import org.infinispan.context.Flag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.infinispan.CastOfThree;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Seed;

/**
 * Writes that one owner has and the other has not, because whoever asked for them is dead.
 *
 * <p>The caller owns no copy. The message by which the primary owner tells the backup is late: it
 * arrives when the backup knows already that the caller is gone, and is refused as one of an older
 * topology. The caller would have made the write again, and nobody else does.
 */
public final class CopyRepairTest {
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

    orphan(id, () -> connector.remapSession(successor, id, live, live.session().withData(SECOND)));

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

  /** The backup of now was the primary owner when the write was made, and nobody told the other. */
  @Test
  void run_backupHasTheLaterWrite_isMadeAgain() {
    SessionId id = expiring();
    String live = CastOfThree.copy(cast.primary(), id);
    String tombstone =
        EntryFormat.encode(
            new StoredEntry.Moved(
                EntryFormat.decode(live).handle(),
                EntryFormat.writeId(live),
                cast.clock().instant(),
                cast.idOfOwners(),
                Handover.NONE));
    long from = putLater(cast.backup(), id, tombstone);

    assertThat(run(cast.primary(), from)).as("too old there").isZero();
    assertThat(run(cast.backup(), from)).isEqualTo(1);

    assertThat(CastOfThree.copy(cast.primary(), id)).isEqualTo(tombstone);
    assertThat(CastOfThree.copy(cast.backup(), id)).isEqualTo(tombstone);
  }

  @Test
  void run_backupHasAnotherWrite_isOverwrittenByThePrimaryOwner() {
    SessionId id = expiring();
    StoredEntry.Live live = (StoredEntry.Live) EntryFormat.decode(copyOfPrimary(id));
    String before = CastOfThree.copy(cast.backup(), id);
    String after = EntryFormat.encode(live.writtenAgain(Seed.random().nextLong()));
    long from = putLater(cast.primary(), id, after);

    assertThat(run(cast.backup(), from)).as("too old there").isZero();
    assertThat(CastOfThree.copy(cast.backup(), id)).isEqualTo(before);
    assertThat(run(cast.primary(), from)).isEqualTo(1);

    assertThat(CastOfThree.copy(cast.backup(), id)).isEqualTo(after);
  }

  private SessionId expiring() {
    SessionId id = cast.idOfOwners();
    connector.createSession(
        id, connector.newSession(SessionExpiry.at(cast.clock().instant().plus(LIFETIME)), FIRST));
    return id;
  }

  private String copyOfPrimary(SessionId id) {
    String text = CastOfThree.copy(cast.primary(), id);
    assertThat(text).isNotNull();
    return text;
  }

  /** Returns a time after which this was written, and before which everything else was. */
  private long putLater(Node node, SessionId id, String text) {
    // Each owner has its own time of it.
    long from =
        Math.max(entry(cast.primary(), id).getCreated(), entry(cast.backup(), id).getCreated()) + 1;
    await("a later time", () -> Instant.now().toEpochMilli() > from);
    local(node).put(CastOfThree.key(id), text, LIFETIME.toMillis(), TimeUnit.MILLISECONDS);
    return from;
  }

  private static AdvancedCache<String, String> local(Node node) {
    return node.advanced().withFlags(Flag.CACHE_MODE_LOCAL);
  }

  @Test
  void run_entriesOfBefore_areLeftAlone() {
    assertThat(run(cast.primary(), Long.MIN_VALUE)).as("repaired").isZero();
    long created = entry(cast.primary(), expiring()).getCreated();

    assertThat(run(cast.primary(), created + 1)).as("later ones").isZero();
    assertThat(run(cast.primary(), created)).as("this one").isEqualTo(1);
  }

  @Test
  void run_entryThatExpires_keepsItsTime() {
    SessionId id = expiring();
    long expires = entry(cast.primary(), id).getExpiryTime();

    assertThat(run(cast.primary(), Long.MIN_VALUE)).isEqualTo(1);
    assertThat(cast.over(cast.primary()).repairs()).isEqualTo(1);

    // The rest of half an hour, counted by each owner from when it hears of it.
    for (Node node : List.of(cast.primary(), cast.backup())) {
      assertThat(entry(node, id).getExpiryTime()).isBetween(expires - 1, expires + 60_000);
    }
  }

  @Test
  void run_entriesOfOtherStores_areLeftAlone() {
    AdvancedCache<String, String> cache = cast.primary().advanced();
    for (int i = 0; i < 100; i++) {
      cache.put("other-" + i, "not an entry of this library");
    }

    assertThat(run(cast.primary(), Long.MIN_VALUE)).isZero();
  }

  @Test
  void run_entryThatFailed_isWrittenAgainAlone() {
    SessionId fails = expiring();
    SessionId other = expiring();
    Set<String> refused = new HashSet<>(Set.of(CastOfThree.key(fails)));
    List<String> written = new ArrayList<>();
    SessionCache cache = cast.primary().cache();
    ScheduledExecutorService idle = Executors.newSingleThreadScheduledExecutor();
    try (CopyRepair repair =
        CopyRepair.watch(
            Members.advanced(cache),
            refusing(Members.watch(cache).entries(), refused, written),
            Members.watch(cache).guard(),
            null,
            idle)) {
      repair.cover(CastOfThree.NAMESPACE);
      assertThat(repair.run(Long.MIN_VALUE)).isFalse();
      assertThat(written).contains(CastOfThree.key(fails), CastOfThree.key(other));
      written.clear();
      assertThat(repair.run(Long.MIN_VALUE)).isFalse();
      assertThat(written).containsExactly(CastOfThree.key(fails));
      written.clear();
      refused.clear();

      assertThat(repair.run(Long.MIN_VALUE)).isTrue();

      assertThat(written).containsExactly(CastOfThree.key(fails));
      written.clear();
      assertThat(repair.run(Long.MIN_VALUE)).isTrue();
      assertThat(written).contains(CastOfThree.key(fails), CastOfThree.key(other));
    } finally {
      idle.shutdownNow();
    }
  }

  /** Entries of which some cannot be replaced. */
  private static Entries refusing(Entries target, Set<String> refused, List<String> written) {
    return (Entries)
        Proxy.newProxyInstance(
            Entries.class.getClassLoader(),
            new Class<?>[] {Entries.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("replace")) {
                written.add((String) arguments[0]);
                if (refused.contains((String) arguments[0])) {
                  throw new IllegalStateException("not now");
                }
              }
              try {
                return method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static long run(Node node, long from) {
    CopyRepair repair = Objects.requireNonNull(node.watch().copyRepair());
    long before = repair.repaired();
    assertThat(repair.run(from)).isTrue();
    return repair.repaired() - before;
  }

  /** The repair of a node, which is ended by closing it. */
  public static Watches.Repair repair(Node node) {
    return () -> Watches.endRepair(node.watch());
  }

  private static InternalCacheEntry<String, String> entry(Node node, SessionId id) {
    AdvancedCache<String, String> cache = node.advanced();
    return cache
        .getDataContainer()
        .peek(cache.getKeyDataConversion().toStorage(CastOfThree.key(id)));
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
    // It waits for an answer until long after this test.
    CompletableFuture<?> never =
        CompletableFuture.supplyAsync(write, work -> new Thread(work, "dead caller").start());
    await("the message to the backup", () -> late.held() > 0);
    await(
        "the write by the primary owner",
        () ->
            !Objects.equals(
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
            Objects.equals(
                CastOfThree.copy(cast.primary(), id), CastOfThree.copy(cast.backup(), id)));
    assertThat(CastOfThree.copy(cast.primary(), id)).isNotNull();
    await(
        "the repair", () -> cast.primary().watch().repairs() + cast.backup().watch().repairs() > 0);
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
