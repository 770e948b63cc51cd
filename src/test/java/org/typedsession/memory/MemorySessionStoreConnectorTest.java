package org.typedsession.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Race;
import org.typedsession.testkit.SequentialCookieGenerator;
import org.typedsession.testkit.SessionStoreConnectorContract;
import org.typedsession.testkit.StringCodec;

final class MemorySessionStoreConnectorTest extends SessionStoreConnectorContract {
  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(30);
  private static final Duration MARGIN = Duration.ofSeconds(60);
  private static final Duration ENDED_TOMBSTONE = Duration.ofMinutes(15);
  // What the sweep may leave behind, of what is over.
  private static final double SLACK = 1.2;

  private final MutableClock clock = new MutableClock();
  private final Random random = new Random(1);
  private final MemorySessionStoreConnector<Account> connector = over(new AccountCodec());
  private long ids;

  @Override
  protected SessionStoreConnector<Account> connector() {
    return connector;
  }

  @Override
  protected MutableClock clock() {
    return clock;
  }

  private <D> MemorySessionStoreConnector<D> over(SessionCodec<D> codec) {
    return new MemorySessionStoreConnector<>(
        codec, clock, () -> SessionHandle.random(random), ENDED_TOMBSTONE);
  }

  @Test
  void size_expiredSessions_areFreedByLaterWrites() {
    for (int i = 0; i < 10_000; i++) {
      createOne();
    }
    clock.advance(TIME_TO_LIVE.plus(MARGIN));

    for (int i = 0; i < 100; i++) {
      createOne();
    }

    // An id and a handle each.
    assertThat(connector.entries()).isEqualTo(2 * 100);
  }

  @Test
  void size_endedSessions_areFreedByLaterWrites() {
    for (int i = 0; i < 10_000; i++) {
      createOne();
      connector.deleteSession(SequentialCookieGenerator.id(ids));
    }
    assertThat(connector.entries()).as("tombstones").isEqualTo(10_000);
    clock.advance(ENDED_TOMBSTONE);

    for (int i = 0; i < 100; i++) {
      createOne();
    }

    assertThat(connector.entries()).isEqualTo(2 * 100);
  }

  @Test
  void size_principalsWhoseSessionsAreOver_areFreedByLaterWrites() {
    for (int i = 0; i < 10_000; i++) {
      writePrincipal("user " + i);
    }
    clock.advance(TIME_TO_LIVE.plus(MARGIN));

    for (int i = 0; i < 2_000; i++) {
      writePrincipal("another " + i);
    }

    assertThat(connector.principals()).isLessThan((int) (2_000 * SLACK));
  }

  private void writePrincipal(String name) {
    SessionRecord<Account> session = connector.newSession(expiry(), Account.EMPTY);
    assertThat(
            connector.writePrincipal(
                name,
                connector.lookUpPrincipal(name),
                PrincipalRecord.NONE.admit(
                    session.handle(),
                    SequentialCookieGenerator.id(++ids),
                    clock.instant(),
                    session.expiry())))
        .isTrue();
  }

  @Test
  void size_steadyLoad_isBoundedByWhatIsDue() {
    int perMinute = 100;
    int due = 0;
    for (int minute = 0; minute < 300; minute++) {
      for (int i = 0; i < perMinute; i++) {
        createOne();
      }
      clock.advance(Duration.ofMinutes(1));
      due = 2 * perMinute * (int) TIME_TO_LIVE.toMinutes();
      assertThat(connector.entries()).isLessThan((int) (due * SLACK));
    }
    assertThat(connector.entries()).isGreaterThanOrEqualTo(due - 2 * perMinute);
  }

  @Test
  void size_oneSessionThatRotatesForEver_isBoundedByItsTombstonesDue() {
    SessionLookup.Live<Account> live = createOne();
    for (int i = 0; i < 20_000; i++) {
      SessionRecord<Account> next = live.session().withExpiry(expiry(), clock.instant());
      live = rotate(live, next);
      clock.advance(Duration.ofSeconds(6));
    }

    int due = (int) TIME_TO_LIVE.plus(MARGIN).dividedBy(Duration.ofSeconds(6));
    assertThat(connector.entries()).isBetween(due, (int) (due * SLACK));
  }

  @Test
  void size_rotatingSessionWithoutExpiry_isBoundedByTheTimeOfEndedTombstones() {
    SessionLookup.Live<Account> live =
        written(
            connector.createSession(
                nextId(), connector.newSession(SessionExpiry.never(), Account.EMPTY)));
    for (int i = 0; i < 20_000; i++) {
      live = rotate(live, live.session());
      clock.advance(Duration.ofSeconds(6));
    }

    int due = (int) ENDED_TOMBSTONE.plus(MARGIN).dividedBy(Duration.ofSeconds(6));
    assertThat(connector.entries()).isBetween(due, (int) (due * SLACK));
  }

  @Test
  void size_refusedWrites_leaveNothingBehind() {
    SessionLookup.Live<Account> stale = createOne();
    SessionId id = SequentialCookieGenerator.id(ids);
    SessionLookup.Live<Account> live = written(connector.writeSession(id, stale, stale.session()));
    int before = connector.entries();

    for (int i = 0; i < 100; i++) {
      connector.remapSession(nextId(), id, stale, stale.session());
      connector.remapSession(id, id, live, live.session());
      connector.createSession(id, connector.newSession(expiry(), Account.EMPTY));
    }

    assertThat(connector.entries()).isEqualTo(before);
  }

  @Test
  void lookUp_movedIdOfASessionRenewedSince_isToldWhileTheSuccessorLives() {
    SessionLookup.Live<Account> live = createOne();
    SessionId id = SequentialCookieGenerator.id(ids);
    live = rotate(live, live.session());
    SessionId successor = SequentialCookieGenerator.id(ids);
    for (int i = 0; i < 10; i++) {
      clock.advance(TIME_TO_LIVE.dividedBy(2));
      SessionRecord<Account> renewed = live.session().withExpiry(expiry(), clock.instant());
      live = written(connector.writeSession(successor, live, renewed));
      createOne();
    }

    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
    clock.advance(TIME_TO_LIVE.plus(MARGIN).minusMillis(1));
    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
    clock.advance(Duration.ofMillis(1));
    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Unknown.class);
  }

  @Test
  void create_idOfADueTombstone_findsItFree() {
    List<SessionId> due = new ArrayList<>();
    createOne();
    due.add(SequentialCookieGenerator.id(ids));
    connector.deleteSession(due.get(0));
    SessionLookup.Live<Account> live = createOne();
    due.add(SequentialCookieGenerator.id(ids));
    rotate(live, live.session());
    clock.advance(TIME_TO_LIVE.plus(MARGIN));

    for (SessionId id : due) {
      written(connector.createSession(id, connector.newSession(expiry(), Account.EMPTY)));
    }
  }

  @Test
  void create_handleOfALiveSession_isRefused() {
    SessionLookup.Live<Account> live = createOne();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> connector.createSession(nextId(), live.session()))
        .withMessageContaining(live.session().handle().toString());
  }

  @Test
  void create_handleOfAnExpiredSession_isWritten() {
    SessionLookup.Live<Account> live = createOne();
    clock.advance(TIME_TO_LIVE);

    written(
        connector.createSession(
            nextId(), live.session().withExpiry(SessionExpiry.never(), clock.instant())));
  }

  @Test
  void write_sessionOfAnotherHandle_isRefused() {
    SessionLookup.Live<Account> live = createOne();
    SessionId id = SequentialCookieGenerator.id(ids);
    SessionRecord<Account> stranger = connector.newSession(expiry(), Account.EMPTY);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> connector.writeSession(id, live, stranger));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> connector.remapSession(nextId(), id, live, stranger));
  }

  @Test
  void write_versionOfAnotherConnector_isConflict() {
    SessionLookup.Live<Account> live = createOne();
    SessionId id = SequentialCookieGenerator.id(ids);
    MemorySessionStoreConnector<Account> other = over(new AccountCodec());
    written(other.createSession(id, live.session()));

    assertThat(other.writeSession(id, live, live.session()))
        .isInstanceOf(WriteSessionResult.Conflict.class);
  }

  @Test
  void create_dataThatCannotBeEncoded_storesNothing() {
    SessionCodec<String> broken =
        new SessionCodec<>() {
          @Override
          public String id() {
            return "broken";
          }

          @Override
          public byte[] encode(String data) {
            throw new SessionCodecException("cannot be written", null);
          }

          @Override
          public String decode(byte[] bytes) {
            throw new AssertionError("never called");
          }
        };
    MemorySessionStoreConnector<String> connector = over(broken);

    assertThatThrownBy(
            () -> connector.createSession(nextId(), connector.newSession(expiry(), "data")))
        .isInstanceOf(SessionCodecException.class);

    assertThat(connector.entries()).isZero();
  }

  @Test
  void read_codecThatHandsOutItsBytes_sharesNothing() {
    SessionCodec<byte[]> identity =
        new SessionCodec<>() {
          @Override
          public String id() {
            return "identity";
          }

          @Override
          public byte[] encode(byte[] data) {
            return data;
          }

          @Override
          public byte[] decode(byte[] bytes) {
            return bytes;
          }
        };
    MemorySessionStoreConnector<byte[]> connector = over(identity);
    SessionId id = nextId();
    byte[] mine = {1};
    connector.createSession(id, connector.newSession(expiry(), mine));
    mine[0] = 2;
    connector.readSession(id).orElseThrow().data()[0] = 3;

    assertThat(connector.readSession(id).orElseThrow().data()).containsExactly(1);
  }

  @Test
  void write_expiredAndSeenGoneMeanwhile_isConflict() {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    SessionCodec<String> slow =
        new SessionCodec<>() {
          private final StringCodec codec = new StringCodec();

          @Override
          public String id() {
            return codec.id();
          }

          @Override
          public byte[] encode(String data) {
            meanwhile.get().run();
            return codec.encode(data);
          }

          @Override
          public String decode(byte[] bytes) {
            return codec.decode(bytes);
          }
        };
    MemorySessionStoreConnector<String> connector = over(slow);
    SessionId id = nextId();
    SessionLookup.Live<String> live =
        written(connector.createSession(id, connector.newSession(expiry(), "data")));
    clock.advance(TIME_TO_LIVE.minusMillis(1));
    SessionRecord<String> renewed =
        live.session().withExpiry(expiry(), clock.instant()).withData("changed");
    meanwhile.set(
        () -> {
          clock.advance(Duration.ofMillis(1));
          assertThat(connector.readSession(id)).isEmpty();
        });

    assertThat(connector.writeSession(id, live, renewed))
        .isInstanceOf(WriteSessionResult.Conflict.class);

    assertThat(connector.readSession(id)).isEmpty();
  }

  @Test
  void race_sweepAgainstWrites_freesNothingThatLives() {
    for (int round = 0; round < 300; round++) {
      List<Callable<SessionId>> parties = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        List<SessionId> chain = List.of(nextId(), nextId(), nextId(), nextId());
        parties.add(() -> rotateAlong(chain));
      }
      List<SessionId> shortLived = List.of(nextId(), nextId(), nextId(), nextId());
      parties.add(
          () -> {
            for (SessionId id : shortLived) {
              SessionExpiry soon = SessionExpiry.at(clock.instant().plusSeconds(1));
              written(connector.createSession(id, connector.newSession(soon, Account.EMPTY)));
              clock.advance(Duration.ofSeconds(2));
            }
            return shortLived.get(0);
          });

      List<Race.Outcome<SessionId>> outcomes = Race.run(round, parties);

      for (Race.Outcome<SessionId> outcome : outcomes.subList(0, 3)) {
        assertThat(connector.readSession(outcome.value())).isPresent();
      }
      assertThat(connector.readSession(outcomes.get(3).value())).isEmpty();
    }
  }

  private SessionId rotateAlong(List<SessionId> chain) {
    SessionLookup.Live<Account> live =
        written(
            connector.createSession(chain.get(0), connector.newSession(expiry(), Account.EMPTY)));
    for (int i = 1; i < chain.size(); i++) {
      live = written(connector.remapSession(chain.get(i), chain.get(i - 1), live, live.session()));
      assertThat(connector.lookUpSession(chain.get(i - 1))).isInstanceOf(SessionLookup.Moved.class);
    }
    return chain.get(chain.size() - 1);
  }

  @Test
  void new_tombstoneThatIsNotPositive_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new MemorySessionStoreConnector<>(
                    new AccountCodec(), clock, () -> SessionHandle.random(random), Duration.ZERO))
        .withMessageContaining("endedTombstone");
  }

  private SessionId nextId() {
    return SequentialCookieGenerator.id(++ids);
  }

  private SessionExpiry expiry() {
    return SessionExpiry.at(clock.instant().plus(TIME_TO_LIVE));
  }

  private SessionLookup.Live<Account> createOne() {
    return written(
        connector.createSession(nextId(), connector.newSession(expiry(), Account.EMPTY)));
  }

  private SessionLookup.Live<Account> rotate(
      SessionLookup.Live<Account> live, SessionRecord<Account> next) {
    SessionId previous = SequentialCookieGenerator.id(ids);
    return written(connector.remapSession(nextId(), previous, live, next));
  }

  private static <D> SessionLookup.Live<D> written(WriteSessionResult<D> result) {
    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    return ((WriteSessionResult.Written<D>) result).stored();
  }
}
