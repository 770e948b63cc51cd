package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.StoreLimits;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.StoreSize;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** How sessions in a cache are counted, and that the limits on them hold. */
final class EntryCountTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private final Queue<Runnable> background = new ArrayDeque<>();
  private StoreSize there = new StoreSize(0, 0);
  private final EntryCount count = new EntryCount(() -> there, background::add, clock);

  @Test
  void size_countedAMomentAgo_isThatAndWhatWasBegunSince() {
    there = new StoreSize(5, 2);
    assertThat(count.size()).isEqualTo(there);

    assertThat(count.begin()).isEqualTo(5);
    assertThat(count.begin()).isEqualTo(6);
    count.notBegun();

    assertThat(count.size()).isEqualTo(new StoreSize(6, 2));
    assertThat(background).isEmpty();
  }

  @Test
  void size_old_isCountedAgainInTheBackgroundOnce() {
    count.begin();
    count.stored();
    clock.advance(EntryCount.INTERVAL);
    there = new StoreSize(1, 0);

    assertThat(count.size()).isEqualTo(new StoreSize(1, 0));
    count.size();
    assertThat(background).hasSize(1);
    background.remove().run();

    assertThat(count.size()).as("not twice").isEqualTo(new StoreSize(1, 0));
  }

  /** Otherwise it would be let in beyond the limit, and count as less than none when it fails. */
  @Test
  void size_countedWhileASessionIsOnItsWay_hasThatOneToo() {
    count.begin();
    clock.advance(EntryCount.INTERVAL);
    count.size();
    background.remove().run();

    assertThat(count.size().sessions()).as("it is not stored yet").isEqualTo(1);
    count.notBegun();
    assertThat(count.size().sessions()).isZero();
  }

  @Test
  void size_thatTakesLongToCount_servesLonger() {
    Duration took = EntryCount.INTERVAL.dividedBy(10);
    EntryCount slow =
        new EntryCount(
            () -> {
              clock.advance(took);
              return there;
            },
            background::add,
            clock);
    slow.size();

    clock.advance(EntryCount.INTERVAL);
    slow.size();
    assertThat(background).isEmpty();

    clock.advance(took.multipliedBy(EntryCount.SHARE).minus(EntryCount.INTERVAL));
    slow.size();
    assertThat(background).hasSize(1);
  }

  @Test
  void size_thatTakesForEverToCount_isCountedAgainAllTheSame() {
    EntryCount slow =
        new EntryCount(
            () -> {
              clock.advance(Duration.ofHours(1));
              return there;
            },
            background::add,
            clock);
    slow.size();

    clock.advance(EntryCount.LONGEST_INTERVAL);
    slow.size();

    assertThat(background).hasSize(1);
  }

  @Test
  void size_cacheThatCannotAnswer_staysAndIsCountedLater() {
    EntryCount failing =
        new EntryCount(
            () -> {
              if (there.sessions() == 13) {
                throw new IllegalStateException("not now");
              }
              return there;
            },
            background::add,
            clock);
    failing.size();
    clock.advance(EntryCount.INTERVAL);
    there = new StoreSize(13, 0);
    failing.size();
    background.remove().run();
    assertThat(failing.size()).isEqualTo(new StoreSize(0, 0));

    there = new StoreSize(14, 0);
    background.remove().run();

    assertThat(failing.size()).isEqualTo(there);
  }

  private InfinispanSessionStoreConnector<Account> over(SessionCache cache, StoreLimits limits) {
    return new InfinispanSessionStoreConnector<>(
        cache,
        "count-",
        new AccountCodec(),
        clock,
        random,
        new TombstonePolicy(Duration.ofMinutes(15), Optional.empty()),
        limits,
        event -> {});
  }

  private SessionId freshId() {
    return cookies.next(Placement.ANYWHERE).id();
  }

  private static WriteSessionResult<Account> create(
      InfinispanSessionStoreConnector<Account> connector, SessionId id) {
    return connector.createSession(id, connector.newSession(SessionExpiry.never(), Account.EMPTY));
  }

  @SuppressWarnings("unchecked") // asserted above the cast
  private static SessionLookup.Live<Account> rotated(
      InfinispanSessionStoreConnector<Account> connector, SessionId from, SessionId to) {
    SessionLookup<Account> found = connector.lookUpSession(from);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) found;
    WriteSessionResult<Account> result = connector.remapSession(to, from, live, live.session());
    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    return ((WriteSessionResult.Written<Account>) result).stored();
  }

  @ParameterizedTest
  @EnumSource
  void create_asManyAsThereMayBe_isRefusedUntilThereIsRoom(Members.Mode mode) {
    try (SessionCache cache = EmbeddedContainer.local("count", mode.configuration(false))) {
      InfinispanSessionStoreConnector<Account> connector =
          over(cache, new StoreLimits(OptionalInt.of(2), OptionalInt.empty()));
      SessionId first = freshId();
      create(connector, first);
      assertThat(create(connector, first)).isInstanceOf(WriteSessionResult.IdExists.class);
      assertThat(connector.isFull()).as("one that was not written takes no room").isFalse();
      SessionId second = freshId();
      create(connector, second);

      assertThatExceptionOfType(SessionStoreUnavailableException.class)
          .isThrownBy(() -> create(connector, freshId()))
          .matches(SessionStoreUnavailableException::isFull);

      assertThat(connector.isFull()).isTrue();
      SessionLookup.Live<Account> live = rotated(connector, first, freshId());
      assertThat(connector.endSession(live.session().handle(), first)).isTrue();
      clock.advance(EntryCount.INTERVAL);
      Awaitility.await().atMost(PATIENCE).until(() -> !connector.isFull());
      assertThat(connector.size()).contains(new StoreSize(1, 2));
      assertThat(create(connector, freshId())).isInstanceOf(WriteSessionResult.Written.class);
      assertThat(connector.lookUpSession(second)).isInstanceOf(SessionLookup.Live.class);
    }
  }

  @Test
  void rotate_asOftenAsItMay_isRefusedAndNothingIsLeft() {
    try (SessionCache cache =
        EmbeddedContainer.local("count", Members.Mode.PLAIN.configuration(false))) {
      InfinispanSessionStoreConnector<Account> connector =
          over(cache, new StoreLimits(OptionalInt.empty(), OptionalInt.of(1)));
      SessionId first = freshId();
      SessionId second = freshId();
      SessionId third = freshId();
      create(connector, first);
      assertThat(connector.mayRotate((SessionLookup.Live<Account>) connector.lookUpSession(first)))
          .isTrue();
      SessionLookup.Live<Account> live = rotated(connector, first, second);
      live =
          ((WriteSessionResult.Written<Account>)
                  connector.writeSession(second, live, live.session().withData(Account.EMPTY)))
              .stored();
      SessionLookup.Live<Account> last = live;

      assertThat(connector.mayRotate(last)).isFalse();
      assertThatExceptionOfType(SessionStoreUnavailableException.class)
          .isThrownBy(() -> connector.remapSession(third, second, last, last.session()))
          .matches(SessionStoreUnavailableException::isFull);

      assertThat(connector.lookUpSession(second)).isInstanceOf(SessionLookup.Live.class);
      assertThat(connector.lookUpSession(third)).isInstanceOf(SessionLookup.Unknown.class);
      assertThat(connector.endSession(last.session().handle(), first)).isTrue();
    }
  }

  @Test
  void size_onSeveralNodes_addsUp() {
    try (SimulatedCluster cluster =
        SimulatedCluster.calm(Members.Mode.PLAIN.configuration(true), 3)) {
      long sessions = 0;
      long tombstones = 0;
      for (SimulatedCluster.Node node : cluster.nodes()) {
        InfinispanSessionStoreConnector<Account> connector = over(node.cache(), StoreLimits.NONE);
        for (int i = 0; i < 10; i++) {
          SessionId id = freshId();
          create(connector, id);
          rotated(connector, id, freshId());
        }
      }
      for (SimulatedCluster.Node node : cluster.nodes()) {
        StoreSize size = over(node.cache(), StoreLimits.NONE).size().orElseThrow();
        sessions += size.sessions();
        tombstones += size.tombstones();
      }
      assertThat(sessions).isEqualTo(30);
      assertThat(tombstones).isEqualTo(30);
    }
  }
}
