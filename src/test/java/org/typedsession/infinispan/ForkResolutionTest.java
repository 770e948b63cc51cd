package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.infinispan.AdvancedCache;
import org.infinispan.commands.read.GetKeyValueCommand;
import org.infinispan.context.InvocationContext;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.interceptors.AsyncInterceptorChain;
import org.infinispan.interceptors.DDAsyncInterceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionEvent;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.cluster.SplitRecovery;
import org.typedsession.infinispan.cluster.SplitRecovery.Tally;
import org.typedsession.spi.Handover;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** What a split may leave of a session, laid out by hand. */
final class ForkResolutionTest {
  private static final SessionExpiry NEVER = SessionExpiry.never();
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final int RACES = 300;

  private static Members local;

  private final Random random = Seed.random();
  private final MutableClock clock = new MutableClock();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final TombstonePolicy tombstones =
      new TombstonePolicy(Duration.ofMinutes(15), Optional.empty());
  private final InfinispanSessionStoreConnector<Account> connector =
      new InfinispanSessionStoreConnector<>(
          local.first(), namespace, new AccountCodec(), clock, random, tombstones);
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final ForkResolution cleanup = cleanup(namespace);

  @BeforeAll
  static void start() {
    local = Members.local(Members.Mode.PLAIN);
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private ForkResolution cleanup(String store) {
    return new ForkResolution(sessions(store), random, events::add);
  }

  private StoredSessions sessions(String store) {
    return new StoredSessions(local.first(), store, clock, random, tombstones);
  }

  private SessionId freshId() {
    return cookies.next(Placement.ANYWHERE).id();
  }

  /** A session that is live under {@code ids}, each the id of a later privilege change. */
  private SessionHandle fork(SessionId... ids) {
    SessionHandle handle = SessionHandle.random(random);
    for (SessionId id : ids) {
      clock.advance(TICK);
      branch(handle, id);
    }
    return handle;
  }

  private void branch(SessionHandle handle, SessionId id) {
    assertThat(
            connector.createSession(
                id, SessionRecord.begin(handle, clock.instant(), NEVER, Account.EMPTY)))
        .isInstanceOf(WriteSessionResult.Written.class);
  }

  private boolean isLive(SessionId id) {
    return connector.lookUpSession(id) instanceof SessionLookup.Live;
  }

  @Test
  void run_nothingForked_changesNothing() {
    SessionId id = freshId();
    fork(id);

    assertThat(cleanup.run()).isEqualTo(new Tally(1, 0, 0, 0));
    assertThat(isLive(id)).isTrue();
    assertThat(events).isEmpty();
  }

  @Test
  void run_twoBranches_keepsTheLaterPrivilegeChange() {
    SessionId early = freshId();
    SessionId late = freshId();
    SessionHandle handle = fork(early, late);

    assertThat(cleanup.run()).isEqualTo(new Tally(1, 1, 0, 0));
    assertThat(isLive(late)).isTrue();
    assertThat(connector.lookUpSession(early))
        .isEqualTo(new SessionLookup.Moved<>(handle, clock.instant(), Handover.NONE));
    assertThat(events)
        .containsExactly(new SessionEvent.SessionForkEnded(handle, clock.instant(), false));
  }

  @Test
  void run_branchesOfTheSameTime_keepsTheGreaterId() {
    List<SessionId> ids = new ArrayList<>(List.of(freshId(), freshId(), freshId()));
    SessionHandle handle = SessionHandle.random(random);
    ids.forEach(id -> branch(handle, id));

    cleanup.run();

    ids.sort(java.util.Comparator.comparing(SessionId::stored));
    assertThat(ids).filteredOn(this::isLive).containsExactly(ids.get(2));
    assertThat(events).hasSize(1);
  }

  @Test
  void run_again_findsNothingLeft() {
    fork(freshId(), freshId());
    cleanup.run();

    assertThat(cleanup.run()).isEqualTo(new Tally(1, 0, 0, 0));
    assertThat(events).hasSize(1);
  }

  @Test
  void end_idThatLost_reachesTheSession() {
    SessionId early = freshId();
    SessionId late = freshId();
    SessionHandle handle = fork(early, late);
    cleanup.run();

    connector.endSession(handle, early);

    assertThat(isLive(late)).isFalse();
  }

  @Test
  void run_oneBranchEnded_endsTheOthers() {
    SessionId ended = freshId();
    SessionId early = freshId();
    SessionId late = freshId();
    SessionHandle handle = fork(ended, early, late);
    connector.endSession(handle, ended);

    assertThat(cleanup.run()).isEqualTo(new Tally(1, 0, 1, 0));
    assertThat(List.of(early, late))
        .allSatisfy(
            id ->
                assertThat(connector.lookUpSession(id))
                    .isEqualTo(new SessionLookup.Ended<>(handle)));
    assertThat(events)
        .containsExactly(new SessionEvent.SessionForkEnded(handle, clock.instant(), true));
  }

  @Test
  void run_endNotedOnly_endsTheSession() {
    SessionId id = freshId();
    SessionHandle handle = fork(id);
    sessions(namespace).noteEnd(handle);

    assertThat(cleanup.run()).isEqualTo(new Tally(1, 0, 1, 0));
    assertThat(isLive(id)).isFalse();
  }

  @Test
  void run_branchThatMovedOn_isFoundByItsTombstone() {
    SessionId other = freshId();
    SessionId old = freshId();
    SessionId tip = freshId();
    fork(other, old);
    connector.updateSession(tip, old, NEVER, Account.EMPTY);

    cleanup.run();

    assertThat(List.of(other, old, tip)).filteredOn(this::isLive).containsExactly(tip);
  }

  @Test
  void run_remapInFlight_isLeftAlone() {
    SessionId from = freshId();
    SessionId to = freshId();
    fork(from);
    String key = namespace + from.stored();
    String before = local.first().cache().get(key);
    connector.updateSession(to, from, NEVER, Account.EMPTY);
    String tombstone = local.first().cache().get(key);
    local.first().cache().put(key, before);

    assertThat(cleanup.run()).isEqualTo(new Tally(1, 0, 0, 0));
    assertThat(isLive(from)).isTrue();
    local.first().cache().put(key, tombstone);
    assertThat(isLive(to)).isTrue();
  }

  /** The new id is looked at when it is none yet, and the old one when it is none any more. */
  @Test
  void run_remapConfirmedDuringTheLook_findsItsBranch() {
    SessionId other = freshId();
    SessionId from = freshId();
    SessionId to = freshId();
    // The ids are looked at in the order of a set.
    while (!isLookedAtInThisOrder(other, to, from)) {
      to = freshId();
    }
    fork(other, from);
    AdvancedCache<String, String> cache = local.first().cache();
    String key = namespace + from.stored();
    String before = cache.get(key);
    connector.updateSession(to, from, NEVER, Account.EMPTY);
    String tombstone = cache.get(key);
    cache.put(key, before);
    AsyncInterceptorChain interceptors =
        ComponentRegistry.componentOf(cache, AsyncInterceptorChain.class);
    // The first one asks whether the new id is confirmed.
    BeforeSecondRead commit = new BeforeSecondRead(key, () -> cache.put(key, tombstone));

    interceptors.addInterceptor(commit, 0);
    try {
      cleanup.run();
    } finally {
      interceptors.removeInterceptor(BeforeSecondRead.class);
    }

    assertThat(commit.reads).isGreaterThan(1);
    assertThat(List.of(other, from, to)).filteredOn(this::isLive).hasSize(1);
  }

  private static boolean isLookedAtInThisOrder(SessionId other, SessionId first, SessionId second) {
    List<SessionId> order = List.copyOf(new HashSet<>(List.of(other, first, second)));
    return order.indexOf(first) < order.indexOf(second);
  }

  /** Does something just before an entry is read for the second time. */
  private static final class BeforeSecondRead extends DDAsyncInterceptor {
    private final String key;
    private final Runnable action;
    private int reads;

    BeforeSecondRead(String key, Runnable action) {
      this.key = key;
      this.action = action;
    }

    @Override
    public Object visitGetKeyValueCommand(InvocationContext context, GetKeyValueCommand command) {
      if (command.getKey().equals(key) && ++reads == 2) {
        action.run();
      }
      return invokeNext(context, command);
    }
  }

  @Test
  void run_claimedByAnotherNode_leavesItToThat() {
    SessionId one = freshId();
    SessionId other = freshId();
    SessionHandle handle = fork(one, other);
    sessions(namespace).claim(handle, SplitRecovery.CLAIM, "another");

    assertThat(cleanup.run()).isEqualTo(new Tally(1, 0, 0, 1));
    assertThat(List.of(one, other)).allMatch(this::isLive);
    assertThat(events).isEmpty();
  }

  @Test
  void run_storeOfAnother_isNotTouched() {
    SessionId one = freshId();
    SessionId other = freshId();
    fork(one, other);

    assertThat(cleanup("xxxxxxxx").run()).isEqualTo(new Tally(0, 0, 0, 0));
    assertThat(List.of(one, other)).allMatch(this::isLive);
  }

  // One client remaps a branch at the very moment, and one node more looks.
  @Test
  void run_whileAClientRemaps_leavesOneId() {
    for (int i = 0; i < RACES; i++) {
      SessionId early = freshId();
      SessionId late = freshId();
      SessionId next = freshId();
      SessionHandle handle = fork(early, late);
      SessionId from = i % 2 == 0 ? early : late;
      AtomicReference<Boolean> written = new AtomicReference<>(false);
      race(
          cleanup::run,
          cleanup(namespace)::run,
          () ->
              written.set(
                  connector.updateSession(next, from, NEVER, Account.EMPTY)
                      instanceof WriteSessionResult.Written));
      clock.advance(SplitRecovery.CLAIM);

      assertThat(List.of(early, late, next)).as("%s", handle).filteredOn(this::isLive).hasSize(1);
      connector.endSession(handle, written.get() ? next : late);
      assertThat(List.of(early, late, next)).noneMatch(this::isLive);
    }
    assertThat(events).hasSize(RACES);
  }

  private static void race(Runnable... parties) {
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (Runnable party : parties) {
      running.add(
          CompletableFuture.runAsync(
              () -> {
                try {
                  start.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                party.run();
              }));
    }
    start.countDown();
    running.forEach(CompletableFuture::join);
  }
}
