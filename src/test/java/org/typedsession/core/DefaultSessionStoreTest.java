package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.Session;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionEvent;
import org.typedsession.SessionEvent.SessionEnded.Cause;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStatistics;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.testing.Logs;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.Barrier;
import org.typedsession.testkit.Race;
import org.typedsession.testkit.RecordingConnector.Operation;
import org.typedsession.testkit.SequentialCookieGenerator;

final class DefaultSessionStoreTest {
  private final StoreInMemory<Account> world = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "AAA",
        "AAA0000000000000000000000000000000",
        "AAA000000000000000000000000000000000",
        "AAA0000000000000000000000000000000 ",
        "AAA0000000000000000000000000000000.",
        "AAA000000000000000000000000000000\u00e9\u00e9",
        "../../../../../../../../etc/passwd/"
      })
  void load_valueThatCannotBeOne_isANewSessionAndCostsNothing(String value) {
    Session<Account> session = world.store.load(value);

    assertThat(session.isNew()).isTrue();
    assertThat(session.data()).isEqualTo(Account.EMPTY);
    assertThat(world.connector.count()).isZero();
  }

  @Test
  void load_unknownValue_isANewSessionThatDoesNotAdoptTheValue() {
    SessionCookieValue stranger = SequentialCookieGenerator.cookieValue(1_000);
    Session<Account> session = world.store.load(stranger.reveal());
    session.update(a -> a.addLeft(1));

    SessionCookieValue cookie = cookieValue(world.store.store(session));

    assertThat(cookie).isNotEqualTo(stranger);
    assertThat(world.connector.readSession(stranger.id())).isEmpty();
    assertThat(world.store.statistics().unknownIds()).isOne();
  }

  @Test
  void load_expiredValue_isANewSession() {
    SessionCookieValue cookie = world.stored(Account.EMPTY.addLeft(1));
    world.clock.advance(Duration.ofMinutes(30));

    assertThat(world.store.load(cookie.reveal()).data()).isEqualTo(Account.EMPTY);
  }

  @Test
  void load_storeIsAway_throws() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.connector.fail(Operation.LOOK_UP);

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> world.store.load(cookie.reveal()));
    assertThat(world.store.statistics().unavailable()).isOne();
  }

  @Test
  void load_lifetimeShortenedSince_isANewSession() {
    StoreInMemory<Account> before = world;
    SessionCookieValue cookie = before.stored(Account.EMPTY);
    SessionPolicy d = SessionPolicy.DEFAULT;
    SessionPolicy shorter = d.toBuilder().absoluteLifetime(Duration.ofMinutes(10)).build();
    SessionOperations<Account> operations =
        new SessionOperations<>(
            before.connector,
            new PlainAccess<>(before.connector, new AccountCodec()),
            before.cookies,
            shorter,
            true,
            before.clock,
            before.events::add,
            new StoreLog("Account", before.clock, before.connector::readiness));

    before.clock.advance(Duration.ofMinutes(10).minusMillis(1));
    assertThat(operations.find(cookie)).isInstanceOf(LoadedSession.Live.class);
    before.clock.advance(Duration.ofMillis(1));

    assertThat(operations.find(cookie)).isInstanceOf(LoadedSession.None.class);
  }

  @Test
  void open_severalCookies_findsTheLiveOneAmongThem() {
    SessionCookieValue live = world.stored(Account.EMPTY.addLeft(1));
    List<String> candidates =
        List.of(
            "nonsense",
            SequentialCookieGenerator.cookieValue(500).reveal(),
            live.reveal(),
            SequentialCookieGenerator.cookieValue(501).reveal());

    assertThat(world.store.open(candidates).data().left()).isOne();
    assertThat(world.connector.count(Operation.LOOK_UP)).isEqualTo(2);
  }

  @Test
  void open_deadBeforeLive_findsTheLiveOne() {
    SessionCookieValue dead = world.stored(Account.EMPTY);
    SessionCookieValue live = rotated(dead);

    assertThat(world.open(dead, live).isNew()).isFalse();
  }

  @Test
  void open_recentlyReplacedAmongUnknown_isAnOvertakenRequest() {
    SessionCookieValue old = world.stored(Account.EMPTY);
    rotated(old);
    world.clock.advance(Duration.ofMinutes(1));
    SessionCookieValue recent = world.stored(Account.EMPTY);
    rotated(recent);
    SessionCookieValue unknown = SequentialCookieGenerator.cookieValue(500);

    for (OpenSession<Account> session :
        List.of(world.open(recent, old, unknown), world.open(unknown, old, recent))) {
      session.update(a -> a.addLeft(1));
      assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);
    }
  }

  @Test
  void open_floodOfCookies_looksUpFiveAtMostAndNoneTwice() {
    SessionCookieValue live = world.stored(Account.EMPTY);
    List<String> candidates = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      candidates.add(SequentialCookieGenerator.cookieValue(500).reveal());
    }
    for (int i = 0; i < 100; i++) {
      candidates.add(SequentialCookieGenerator.cookieValue(501 + i).reveal());
    }
    candidates.add(live.reveal());

    assertThat(world.store.open(candidates).isNew()).isTrue();

    assertThat(world.connector.count(Operation.LOOK_UP)).isEqualTo(5);
  }

  @Test
  void open_oneValueThousandsOfTimes_isHashedAndLookedUpOnce() {
    String value = SequentialCookieGenerator.cookieValue(500).reveal();
    world.store.open(List.of(value));
    world.connector.resetCounts();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    long before = threads.getCurrentThreadAllocatedBytes();
    world.store.open(Collections.nCopies(100_000, value));
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(world.connector.count(Operation.LOOK_UP)).isOne();
    // A hash takes several hundred bytes each time.
    assertThat(allocated).isLessThan(5_000_000);
  }

  @Test
  void open_idReplacedLongAgo_isReportedAsAReplay() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    SessionHandle handle = world.open(cookie).handle();
    SessionCookieValue successor = rotated(cookie);
    world.clock.advance(SessionPolicy.DEFAULT.replayAfter());

    assertThat(world.open(cookie).isNew()).isTrue();

    assertThat(world.events)
        .last()
        .isEqualTo(new SessionEvent.SessionReplayed(handle, world.clock.instant()));
    assertThat(world.store.statistics().replays()).isOne();
    assertThat(world.open(successor).isNew()).isFalse();
  }

  @Test
  void open_replayThatIsToEndTheSession_endsIt() {
    SessionPolicy d = SessionPolicy.DEFAULT;
    StoreInMemory<Account> world =
        StoreInMemory.ofAccounts(
            d.toBuilder()
                .overtaken(Duration.ZERO)
                .replayAfter(Duration.ZERO)
                .endReplayed(true)
                .build());
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> login = world.open(cookie);
    login.rotateId();
    SessionCookieValue successor = cookieValue(login.complete());

    world.open(cookie);

    assertThat(world.open(successor).isNew()).isTrue();
    assertThat(world.events)
        .last()
        .isEqualTo(
            new SessionEvent.SessionEnded(
                login.handle(), world.clock.instant(), Optional.empty(), Cause.REPLAY));
  }

  @Test
  void open_dataThatCannotBeDecoded_endsTheSessionOnceAndSaysSo() {
    SessionCookieValue cookie = world.stored(Account.EMPTY.withUser(Account.UNREADABLE));

    world.events.clear();
    OpenSession<Account> session = world.open(cookie);

    assertThat(session.isNew()).isTrue();
    assertThat(world.connector.lookUpSession(cookie.id())).isInstanceOf(SessionLookup.Ended.class);
    assertThat(world.events)
        .first()
        .isInstanceOfSatisfying(
            SessionEvent.SessionUndecodable.class,
            event -> assertThat(event.reason()).contains("cannot be read"));
    world.open(cookie);
    assertThat(world.events).hasSize(2);
    assertThat(world.store.statistics().undecodable()).isOne();
  }

  @Test
  void store_sessionOfAnotherStore_isRefused() {
    Session<Account> stranger = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT).store.create();

    assertThatIllegalArgumentException().isThrownBy(() -> world.store.store(stranger));
  }

  @Test
  void create_withoutData_isNotStoredUntilItChanges() {
    Session<Account> session = world.store.create();

    assertThat(world.store.store(session)).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);
    assertThat(world.connector.count()).isZero();
    assertThatNullPointerException().isThrownBy(() -> world.store.create(nothing()));
  }

  @SuppressWarnings("NullAway") // what a caller without a checker may pass
  private static Account nothing() {
    return null;
  }

  @Test
  void clear_liveSessions_endsThemAndRequestsInFlightLose() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));

    world.store.clear();

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);
    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void statistics_oneOfEach_countsThem() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> routine = world.open(cookie);
    routine.update(a -> a.addLeft(1));
    routine.complete();
    OpenSession<Account> logout = world.open(rotated(cookie));
    logout.delete();
    logout.complete();

    assertThat(world.store.statistics())
        .isEqualTo(new SessionStatistics(1, 3, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void readiness_ofTheBackEnd_isPassedOn() {
    assertThat(world.store.readiness()).isEqualTo(new Readiness.Ready());

    world.connector.setReadiness(() -> new Readiness.NotReady("degraded"));

    assertThat(world.store.readiness()).isEqualTo(new Readiness.NotReady("degraded"));
  }

  @Test
  void readiness_backEndThatFails_isNotReady() {
    world.connector.setReadiness(
        () -> {
          throw new IllegalStateException("stopped");
        });

    assertThat(world.store.readiness())
        .isInstanceOfSatisfying(
            Readiness.NotReady.class, not -> assertThat(not.reason()).contains("stopped"));
  }

  @Test
  void load_storeThatRefusesForAWhile_isOneLineAtEitherEnd() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    try (Logs logs = new Logs()) {
      for (int i = 0; i < 3; i++) {
        world.connector.fail(Operation.LOOK_UP);
        assertThatExceptionOfType(SessionStoreUnavailableException.class)
            .isThrownBy(() -> world.open(cookie));
        world.clock.advance(Duration.ofSeconds(2));
      }
      world.clock.advance(Duration.ofSeconds(10));
      world.open(cookie);
      world.open(cookie);

      assertThat(logs.all())
          .satisfiesExactly(
              text ->
                  assertThat(text)
                      .startsWith("TSESS0053: ")
                      .contains(Account.class.getName(), "failed by the test"),
              text ->
                  assertThat(text)
                      .startsWith("TSESS0054: ")
                      .contains(Account.class.getName(), " to ", "refused=3,"));
    }
  }

  @Test
  void store_writeInDoubt_isCountedApartFromRefusals() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> doubtful = world.open(cookie);
    doubtful.update(a -> a.addLeft(1));
    world.connector.failAfterwards(Operation.WRITE);
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(doubtful::complete)
        .matches(SessionStoreUnavailableException::isOutcomeUnknown);
    world.connector.fail(Operation.LOOK_UP);
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> world.open(cookie))
        .matches(failure -> !failure.isOutcomeUnknown());

    assertThat(world.store.statistics().unknownOutcomes()).isOne();
    assertThat(world.store.statistics().unavailable()).isOne();
  }

  @Test
  void open_replaysByTheThousand_areOneLineAMinute() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    SessionHandle handle = world.open(cookie).handle();
    rotated(cookie);
    world.clock.advance(SessionPolicy.DEFAULT.replayAfter());
    try (Logs logs = new Logs()) {
      for (int i = 0; i < 1_000; i++) {
        world.open(cookie);
      }
      world.clock.advance(Duration.ofMinutes(1));
      world.open(cookie);

      assertThat(logs.all())
          .satisfiesExactly(
              text ->
                  assertThat(text)
                      .startsWith("TSESS0051: ")
                      .contains(handle.toString())
                      .doesNotContain("since the last"),
              text -> assertThat(text).startsWith("TSESS0051: ").contains("1 of 1000 since"));
    }
    assertThat(world.store.statistics().replays()).isEqualTo(1_001);
  }

  @Test
  void open_manySessionsThatCannotBeDecoded_areOneLineAMinute() {
    List<SessionCookieValue> broken = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      broken.add(world.stored(Account.EMPTY.withUser(Account.UNREADABLE)));
    }
    try (Logs logs = new Logs()) {
      broken.forEach(cookie -> world.open(cookie));

      assertThat(logs.all())
          .singleElement()
          .satisfies(text -> assertThat(text).startsWith("TSESS0050: "));
    }
    assertThat(world.store.statistics().undecodable()).isEqualTo(5);
  }

  @Test
  void complete_oneSessionStuckInTheStore_keepsNobodyElseWaiting() {
    SessionCookieValue stuck = world.stored(Account.EMPTY);
    SessionCookieValue other = world.stored(Account.EMPTY);
    OpenSession<Account> waiting = world.open(stuck);
    waiting.update(a -> a.addLeft(1));
    Barrier barrier = world.connector.block(Operation.WRITE);

    List<Race.Outcome<Long>> outcomes =
        Race.run(
            0,
            List.of(
                () -> {
                  waiting.complete();
                  return 0L;
                },
                () -> {
                  barrier.awaitArrival();
                  OpenSession<Account> free = world.open(other);
                  free.update(a -> a.addLeft(1));
                  free.complete();
                  long seen = world.open(other).data().left() + world.open(stuck).data().left();
                  barrier.open();
                  return seen;
                }));

    assertThat(outcomes.get(1).value()).isOne();
    assertThat(world.open(stuck).data().left()).isOne();
  }

  private SessionCookieValue rotated(SessionCookieValue cookie) {
    OpenSession<Account> session = world.open(cookie);
    session.rotateId();
    return cookieValue(session.complete());
  }

  /** Data that is the array it was read from, as no codec should make it. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Aliased(byte[] bytes) {}

  private static final class KeepingCodec implements SessionCodec<Aliased> {
    @Override
    public String id() {
      return "keeping";
    }

    @Override
    public byte[] encode(Aliased data) {
      return data.bytes;
    }

    @Override
    public Aliased decode(byte[] bytes) {
      return new Aliased(bytes);
    }
  }

  @Test
  void store_codecThatKeepsItsArrays_losesNoChange() {
    StoreInMemory<Aliased> aliased =
        new StoreInMemory<>(
            new KeepingCodec(),
            PrivilegeRule.of(Aliased.class),
            () -> new Aliased(new byte[] {0}),
            SessionPolicy.DEFAULT);
    OpenSession<Aliased> session = aliased.open(aliased.stored(new Aliased(new byte[] {1, 1})));

    session.mutate(data -> data.bytes[0] = 42);
    SessionCookieValue cookie = cookieValue(session.complete());

    assertThat(aliased.open(cookie).data().bytes).containsExactly(42, 1);
  }
}
