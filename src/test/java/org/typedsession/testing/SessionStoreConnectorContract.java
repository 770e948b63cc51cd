package org.typedsession.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestReporter;
import org.typedsession.DefaultSessionStore;
import org.typedsession.Session;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.PrivilegeRule;
import org.typedsession.spi.RandomSessionCookieGenerator;
import org.typedsession.spi.RequestSession;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testing.Race.Outcome;

/**
 * The duties of {@link SessionStoreConnector}, as tests that every back-end inherits.
 *
 * <p>A back-end gives two of its members, which share what they store; the tests write through both
 * and look at the other one. Each race runs {@code contract.rounds} times (a system property, 500
 * if it is not set) and leaves its figures in {@code target/contract}.
 */
public abstract class SessionStoreConnectorContract {
  private static final int ROUNDS = Integer.getInteger("contract.rounds", 500);
  private static final int FEWEST_PARTIES = 2;
  private static final int MOST_PARTIES = 6;
  private static final Duration TIME_TO_LIVE = Duration.ofMinutes(30);

  private final RandomSessionCookieGenerator cookies =
      new RandomSessionCookieGenerator(new SecureRandom());

  /** A member of the back-end, the same object each time within one test. */
  protected abstract SessionStoreConnector<Account> connector();

  /** Another member of the same back-end, if it can have several. */
  protected SessionStoreConnector<Account> otherMember() {
    return connector();
  }

  /** The clock of both members. Where a back-end also evicts by a clock of its own, never mind. */
  protected abstract MutableClock clock();

  /** The configured life of an ended tombstone. */
  protected Duration endedTombstone() {
    return Duration.ofMinutes(15);
  }

  /** Whether the back-end gives an expired entry's id free at the time of the injected clock. */
  protected boolean freesExpiredIdsByInjectedClock() {
    return true;
  }

  /** What the figures call this back-end. */
  protected String name() {
    return connector().getClass().getSimpleName();
  }

  @BeforeAll
  static void forgetFiguresOfEarlierRuns(TestInfo test) throws IOException {
    Files.deleteIfExists(RaceTally.file(test.getTestClass().orElseThrow()));
  }

  // ---- Create and read

  @Test
  void create_freshId_isReadOnTheOtherMember() {
    SessionId id = freshId();
    SessionRecord<Account> session = session(Account.EMPTY.withUser("anna"));

    SessionLookup.Live<Account> stored = written(connector().createSession(id, session));

    assertThat(stored.session()).isEqualTo(session);
    assertThat(connector().lookUpSession(id).live()).contains(session);
    assertThat(otherMember().readSession(id)).contains(session);
  }

  @Test
  void create_byExpiryAndData_beginsASessionOfItsOwn() {
    SessionId first = freshId();
    SessionId second = freshId();
    SessionExpiry expiry = SessionExpiry.at(now().plusSeconds(60));

    written(connector().createSession(first, expiry, Account.EMPTY));
    written(otherMember().createSession(second, expiry, Account.EMPTY));

    SessionRecord<Account> read = otherMember().readSession(first).orElseThrow();
    assertThat(read.createdAt()).isEqualTo(now());
    assertThat(read.renewedAt()).isEqualTo(now());
    assertThat(read.privilegeChangedAt()).isEqualTo(now());
    assertThat(read.expiry()).isEqualTo(expiry);
    assertThat(read.data()).isEqualTo(Account.EMPTY);
    assertThat(read.handle()).isNotEqualTo(connector().readSession(second).orElseThrow().handle());
  }

  @Test
  void create_everyFieldOfTheRecord_comesBack() {
    SessionId id = freshId();
    SessionRecord<Account> session =
        new SessionRecord<>(
            session(Account.EMPTY).handle(),
            now(),
            now().plusMillis(1),
            now().plusMillis(2),
            SessionExpiry.at(now().plusSeconds(77)),
            "Jörg, \"admin\" \u20ac\ud83d\ude00",
            new Account("user, with; separators=\n\u0000", Long.MIN_VALUE, Long.MAX_VALUE));

    written(connector().createSession(id, session));

    assertThat(otherMember().readSession(id)).contains(session);
  }

  @Test
  void create_withoutExpiry_staysLive() {
    SessionId id = freshId();
    SessionRecord<Account> session = connector().newSession(SessionExpiry.never(), Account.EMPTY);

    written(connector().createSession(id, session));
    clock().advance(Duration.ofDays(4_000));

    assertThat(otherMember().readSession(id)).contains(session);
  }

  @Test
  void create_timesFinerThanMilliseconds_areCut() {
    SessionId id = freshId();
    Instant fine = now().plusNanos(1_999_999);
    SessionRecord<Account> session =
        new SessionRecord<>(
            session(Account.EMPTY).handle(),
            fine,
            fine,
            fine,
            SessionExpiry.at(fine.plusSeconds(60)),
            null,
            Account.EMPTY);

    SessionRecord<Account> stored = written(connector().createSession(id, session)).session();

    assertThat(stored.createdAt()).isEqualTo(now().plusMillis(1));
    assertThat(stored.expiry()).isEqualTo(SessionExpiry.at(now().plusMillis(60_001)));
    assertThat(otherMember().readSession(id)).contains(stored);
  }

  @Test
  void create_idThatIsLive_isIdExistsAndOverwritesNothing() {
    SessionId id = freshId();
    SessionLookup.Live<Account> first = created(id, Account.EMPTY.withUser("first"));

    assertThat(otherMember().createSession(id, session(Account.EMPTY.withUser("second"))))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().readSession(id)).contains(first.session());
  }

  @Test
  void create_idThatMoved_isIdExistsAndOverwritesNothing() {
    SessionId id = freshId();
    SessionId successor = freshId();
    remapped(successor, id, created(id, Account.EMPTY));

    assertThat(otherMember().createSession(id, session(Account.EMPTY)))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
    assertThat(connector().readSession(successor)).isPresent();
  }

  @Test
  void create_idThatEnded_isIdExistsAndStaysEnded() {
    SessionId id = freshId();
    created(id, Account.EMPTY);
    connector().deleteSession(id);

    assertThat(otherMember().createSession(id, session(Account.EMPTY)))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().lookUpSession(id)).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void create_idThatExpired_findsItFree() {
    SessionId id = freshId();
    created(id, Account.EMPTY.withUser("first"));
    clock().advance(TIME_TO_LIVE);
    SessionRecord<Account> second = session(Account.EMPTY.withUser("second"));

    WriteSessionResult<Account> result = otherMember().createSession(id, second);

    if (freesExpiredIdsByInjectedClock()) {
      written(result);
      assertThat(connector().readSession(id)).contains(second);
    } else {
      assertThat(result)
          .isInstanceOfAny(WriteSessionResult.Written.class, WriteSessionResult.IdExists.class);
    }
  }

  @Test
  void read_unknownId_isNothing() {
    SessionId id = freshId();

    assertThat(connector().readSession(id)).isEmpty();
    assertThat(otherMember().lookUpSession(id)).isEqualTo(new SessionLookup.Unknown<>());
  }

  @Test
  void read_sharesNoObjects_withOtherReads() {
    SessionId id = freshId();
    Account account = Account.EMPTY.withUser("anna");
    created(id, account);

    Account once = connector().readSession(id).orElseThrow().data();
    Account again = connector().readSession(id).orElseThrow().data();

    assertThat(once).isEqualTo(account).isNotSameAs(account).isNotSameAs(again);
  }

  // ---- Update: remap

  @Test
  void update_liveSession_isFoundUnderTheNewIdOnly() {
    SessionId id = freshId();
    SessionId successor = freshId(id);
    SessionLookup.Live<Account> before = created(id, Account.EMPTY);
    clock().advance(Duration.ofSeconds(7));
    SessionRecord<Account> changed =
        before
            .session()
            .withData(Account.EMPTY.withUser("anna"))
            .withExpiry(SessionExpiry.at(now().plusSeconds(99)), now())
            .withPrivilegeChange(now(), "anna");

    SessionLookup.Live<Account> after =
        written(otherMember().updateSession(successor, id, before, changed));

    assertThat(after.session()).isEqualTo(changed);
    assertThat(connector().readSession(successor)).contains(changed);
    assertThat(otherMember().readSession(successor)).contains(changed);
    assertDead(id);
  }

  @Test
  void update_byIdsAlone_setsExpiryAndDataAndKeepsTheRest() {
    SessionId id = freshId();
    SessionId successor = freshId(id);
    SessionRecord<Account> before = created(id, Account.EMPTY).session();
    clock().advance(Duration.ofSeconds(7));
    SessionExpiry expiry = SessionExpiry.at(now().plusSeconds(99));
    Account data = Account.EMPTY.withUser("anna");

    written(otherMember().updateSession(successor, id, expiry, data));

    SessionRecord<Account> after = connector().readSession(successor).orElseThrow();
    assertThat(after.expiry()).isEqualTo(expiry);
    assertThat(after.data()).isEqualTo(data);
    assertThat(after.handle()).isEqualTo(before.handle());
    assertThat(after.createdAt()).isEqualTo(before.createdAt());
    assertThat(after.privilegeChangedAt()).isEqualTo(now());
    assertDead(id);
  }

  @Test
  void update_anyPairOfIds_works() {
    for (int i = 0; i < 50; i++) {
      SessionId id = freshId();
      SessionLookup.Live<Account> live = created(id, Account.EMPTY);
      // A chain of ids that have nothing to do with each other.
      for (int link = 0; link < 4; link++) {
        SessionId successor = link % 2 == 0 ? freshId() : freshId(id);
        live = remapped(successor, id, live);
        assertDead(id);
        assertThat(otherMember().readSession(successor)).contains(live.session());
        id = successor;
      }
    }
  }

  @Test
  void update_withWhatAWriteReturned_needsNoRead() {
    SessionId first = freshId();
    SessionId second = freshId();
    SessionId third = freshId();
    SessionLookup.Live<Account> live = created(first, Account.EMPTY);
    live = remapped(second, first, live);
    live = written(otherMember().writeSession(second, live, live.session()));

    remapped(third, second, live);

    assertThat(connector().readSession(third)).isPresent();
  }

  @Test
  void update_toAnIdThatIsLive_isIdExistsAndChangesNothing() {
    SessionId id = freshId();
    SessionId other = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY.withUser("one"));
    SessionLookup.Live<Account> otherLive = created(other, Account.EMPTY.withUser("other"));

    assertThat(otherMember().updateSession(other, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().readSession(id)).contains(live.session());
    assertThat(connector().readSession(other)).contains(otherLive.session());
    remapped(freshId(), id, live);
    remapped(freshId(), other, otherLive);
  }

  @Test
  void update_toAnIdThatMoved_isIdExistsAndChangesNothing() {
    SessionId id = freshId();
    SessionId dead = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    remapped(successor, dead, created(dead, Account.EMPTY));

    assertThat(otherMember().updateSession(dead, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().readSession(id)).contains(live.session());
    assertDead(dead);
    assertThat(connector().readSession(successor)).isPresent();
    remapped(freshId(), id, live);
  }

  @Test
  void update_toAnIdThatEnded_isIdExistsAndChangesNothing() {
    SessionId id = freshId();
    SessionId ended = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    created(ended, Account.EMPTY);
    connector().deleteSession(ended);

    assertThat(otherMember().updateSession(ended, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().readSession(id)).contains(live.session());
    assertDead(ended);
    remapped(freshId(), id, live);
  }

  @Test
  void update_toItsOwnId_isIdExistsAndChangesNothing() {
    SessionId id = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);

    assertThat(otherMember().updateSession(id, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().readSession(id)).contains(live.session());
    remapped(freshId(), id, live);
  }

  @Test
  void update_backToAnEarlierIdOfItself_isIdExistsAndChangesNothing() {
    SessionId first = freshId();
    SessionId second = freshId();
    SessionLookup.Live<Account> live = remapped(second, first, created(first, Account.EMPTY));

    assertThat(otherMember().updateSession(first, second, live, live.session()))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertDead(first);
    assertThat(connector().readSession(second)).contains(live.session());
  }

  @Test
  void update_unknownSession_isConflictAndStoresNothing() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> live = created(freshId(), Account.EMPTY);

    assertConflict(otherMember().updateSession(successor, id, expiry(), Account.EMPTY));
    assertConflict(otherMember().updateSession(successor, id, live, live.session()));

    assertUnknown(id);
    assertUnknown(successor);
  }

  @Test
  void update_movedSession_isConflictAndStoresNothing() {
    SessionId id = freshId();
    SessionId moved = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> stale = created(id, Account.EMPTY);
    SessionLookup.Live<Account> live = remapped(moved, id, stale);

    assertConflict(otherMember().updateSession(successor, id, expiry(), Account.EMPTY));
    assertConflict(otherMember().updateSession(successor, id, stale, stale.session()));
    // The right version under the wrong id.
    assertConflict(otherMember().updateSession(successor, id, live, live.session()));

    assertUnknown(successor);
    assertThat(connector().readSession(moved)).contains(live.session());
  }

  @Test
  void update_endedSession_isConflictAndStoresNothing() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> stale = created(id, Account.EMPTY);
    connector().deleteSession(id);

    assertConflict(otherMember().updateSession(successor, id, expiry(), Account.EMPTY));
    assertConflict(otherMember().updateSession(successor, id, stale, stale.session()));

    assertUnknown(successor);
    assertDead(id);
  }

  @Test
  void update_expiredSession_isConflictAndStoresNothing() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> stale = created(id, Account.EMPTY);
    clock().advance(TIME_TO_LIVE);
    SessionRecord<Account> renewed = stale.session().withExpiry(expiry(), now());

    assertConflict(otherMember().updateSession(successor, id, stale, renewed));
    assertConflict(otherMember().updateSession(successor, id, expiry(), Account.EMPTY));

    assertUnknown(successor);
    assertDead(id);
  }

  @Test
  void update_staleVersion_isConflictAndChangesNothing() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> stale = created(id, Account.EMPTY);
    SessionLookup.Live<Account> live =
        written(
            connector()
                .writeSession(id, stale, stale.session().withData(Account.EMPTY.addLeft(1))));

    assertConflict(otherMember().updateSession(successor, id, stale, stale.session()));

    assertUnknown(successor);
    assertThat(connector().readSession(id)).contains(live.session());
    remapped(successor, id, live);
  }

  @Test
  void update_byIdsAloneAfterAWriteInPlace_isWritten() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> stale = created(id, Account.EMPTY);
    written(
        connector().writeSession(id, stale, stale.session().withData(Account.EMPTY.addLeft(1))));

    written(otherMember().updateSession(successor, id, expiry(), Account.EMPTY.withUser("anna")));

    assertThat(connector().readSession(successor)).isPresent();
  }

  // ---- Write in place

  @Test
  void write_liveSession_keepsItsId() {
    SessionId id = freshId();
    SessionLookup.Live<Account> before = created(id, Account.EMPTY);
    SessionRecord<Account> changed =
        before
            .session()
            .withData(Account.EMPTY.addLeft(1))
            .withExpiry(SessionExpiry.at(now().plusSeconds(99)), now());

    SessionLookup.Live<Account> after = written(otherMember().writeSession(id, before, changed));

    assertThat(after.session()).isEqualTo(changed);
    assertThat(connector().readSession(id)).contains(changed);
  }

  @Test
  void write_staleVersion_isConflictAndChangesNothing() {
    SessionId id = freshId();
    SessionLookup.Live<Account> stale = created(id, Account.EMPTY);
    SessionRecord<Account> first = stale.session().withData(Account.EMPTY.addLeft(1));
    written(connector().writeSession(id, stale, first));

    assertConflict(
        otherMember().writeSession(id, stale, stale.session().withData(Account.EMPTY.addRight(1))));

    assertThat(connector().readSession(id)).contains(first);
  }

  @Test
  void write_whatIsNotLive_isConflictAndChangesNothing() {
    SessionId unknown = freshId();
    SessionId moved = freshId();
    SessionId successor = freshId();
    SessionId ended = freshId();
    SessionLookup.Live<Account> toMove = created(moved, Account.EMPTY);
    SessionLookup.Live<Account> toEnd = created(ended, Account.EMPTY);
    SessionLookup.Live<Account> live = remapped(successor, moved, toMove);
    connector().deleteSession(ended);

    assertConflict(otherMember().writeSession(unknown, live, live.session()));
    assertConflict(otherMember().writeSession(moved, toMove, toMove.session()));
    assertConflict(otherMember().writeSession(moved, live, live.session()));
    assertConflict(otherMember().writeSession(ended, toEnd, toEnd.session()));
    clock().advance(TIME_TO_LIVE);
    SessionRecord<Account> renewed = live.session().withExpiry(expiry(), now());
    assertConflict(otherMember().writeSession(successor, live, renewed));

    Stream.of(unknown, moved, successor, ended).forEach(this::assertDead);
  }

  // ---- Tombstones

  @Test
  void lookUp_movedId_tellsSessionAndTimeAndNoSuccessor() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    clock().advance(Duration.ofSeconds(3));
    Instant movedAt = now();
    remapped(successor, id, live);
    clock().advance(Duration.ofSeconds(3));

    for (SessionStoreConnector<Account> member : members().toList()) {
      SessionLookup<Account> found = member.lookUpSession(id);
      assertThat(found).isEqualTo(new SessionLookup.Moved<>(live.session().handle(), movedAt));
      assertThat(found.toString()).doesNotContain(successor.toString(), successor.stored());
      assertThat(member.readSession(id)).isEmpty();
    }
  }

  @Test
  void lookUp_manyRotations_tellsTheTimeOfEach() {
    List<SessionId> chain = new ArrayList<>(List.of(freshId()));
    List<Instant> deaths = new ArrayList<>();
    SessionLookup.Live<Account> live = created(chain.get(0), Account.EMPTY);
    for (int i = 0; i < 10; i++) {
      clock().advance(Duration.ofSeconds(1));
      SessionId successor = freshId();
      live = remapped(successor, chain.get(i), live);
      deaths.add(now());
      // Writes in place must not disturb what is known of the dead ids.
      live = written(otherMember().writeSession(successor, live, live.session()));
      chain.add(successor);
    }

    for (int i = 0; i < deaths.size(); i++) {
      assertThat(otherMember().lookUpSession(chain.get(i)))
          .isEqualTo(new SessionLookup.Moved<>(live.session().handle(), deaths.get(i)));
    }
  }

  @Test
  void lookUp_movedId_isToldAsLongAsItsSuccessorCouldLive() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    Duration longer = TIME_TO_LIVE.multipliedBy(2);
    SessionRecord<Account> prolonged =
        live.session().withExpiry(SessionExpiry.at(now().plus(longer)), now());
    written(connector().updateSession(successor, id, live, prolonged));

    clock().advance(longer.minusMillis(1));

    assertThat(otherMember().lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
    assertThat(otherMember().lookUpSession(successor)).isInstanceOf(SessionLookup.Live.class);
  }

  @Test
  void lookUp_endedId_isToldForTheConfiguredTime() {
    SessionId id = freshId();
    SessionHandle handle = created(id, Account.EMPTY).session().handle();
    connector().deleteSession(id);

    clock().advance(endedTombstone().minusMillis(1));

    assertThat(otherMember().lookUpSession(id)).isEqualTo(new SessionLookup.Ended<>(handle));
  }

  @Test
  void lookUp_endedAfterAMove_theOldIdIsStillDead() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> live = remapped(successor, id, created(id, Account.EMPTY));
    connector().deleteSession(successor);

    assertThat(otherMember().lookUpSession(successor))
        .isEqualTo(new SessionLookup.Ended<>(live.session().handle()));
    assertThat(otherMember().lookUpSession(id))
        .isInstanceOfAny(SessionLookup.Moved.class, SessionLookup.Ended.class);
  }

  // ---- Expiry

  @Test
  void lookUp_atItsExpiry_isUnknownAndNotAMillisecondBefore() {
    SessionId id = freshId();
    created(id, Account.EMPTY);

    clock().advance(TIME_TO_LIVE.minusMillis(1));
    assertThat(otherMember().readSession(id)).isPresent();
    clock().advance(Duration.ofMillis(1));

    assertUnknown(id);
  }

  @Test
  void lookUp_renewedInPlace_livesUntilTheNewExpiry() {
    SessionId id = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    clock().advance(TIME_TO_LIVE.minusMillis(1));
    SessionExpiry later = expiry();
    written(connector().writeSession(id, live, live.session().withExpiry(later, now())));

    clock().advance(TIME_TO_LIVE.minusMillis(1));
    assertThat(otherMember().readSession(id)).isPresent();
    clock().advance(Duration.ofMillis(1));

    assertUnknown(id);
  }

  @Test
  void lookUp_expiryMovedForward_isGoneEarlier() {
    SessionId id = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    SessionExpiry soon = SessionExpiry.at(now().plusSeconds(1));
    written(connector().writeSession(id, live, live.session().withExpiry(soon, now())));

    clock().advance(Duration.ofSeconds(1));

    assertUnknown(id);
  }

  @Test
  void lookUp_expiryTakenAway_livesOn() {
    SessionId id = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    SessionRecord<Account> endless = live.session().withExpiry(SessionExpiry.never(), now());
    written(connector().writeSession(id, live, endless));

    clock().advance(Duration.ofDays(4_000));

    assertThat(otherMember().readSession(id)).contains(endless);
  }

  // ---- Delete, end and clear

  @Test
  void delete_liveSession_endsItOnEveryMember() {
    SessionId id = freshId();
    SessionHandle handle = created(id, Account.EMPTY).session().handle();

    connector().deleteSession(id);

    for (SessionStoreConnector<Account> member : members().toList()) {
      assertThat(member.lookUpSession(id)).isEqualTo(new SessionLookup.Ended<>(handle));
    }
  }

  @Test
  void delete_whatIsNotThere_isNoError() {
    SessionId id = freshId();
    assertThatCode(() -> connector().deleteSession(id)).doesNotThrowAnyException();
    assertUnknown(id);
  }

  @Test
  void delete_twice_isNoError() {
    SessionId id = freshId();
    created(id, Account.EMPTY);
    connector().deleteSession(id);

    assertThatCode(() -> otherMember().deleteSession(id)).doesNotThrowAnyException();

    assertDead(id);
  }

  @Test
  void delete_expiredSession_isNoError() {
    SessionId id = freshId();
    created(id, Account.EMPTY);
    clock().advance(TIME_TO_LIVE);

    assertThatCode(() -> otherMember().deleteSession(id)).doesNotThrowAnyException();

    assertDead(id);
  }

  @Test
  void delete_oneSession_leavesOthersAlone() {
    SessionId id = freshId();
    SessionId other = freshId();
    created(id, Account.EMPTY);
    SessionLookup.Live<Account> live = created(other, Account.EMPTY);

    connector().deleteSession(id);

    assertThat(otherMember().readSession(other)).contains(live.session());
    written(otherMember().writeSession(other, live, live.session()));
  }

  @Test
  void delete_throughATombstone_endsTheSession() {
    SessionId id = freshId();
    SessionId successor = freshId();
    remapped(successor, id, created(id, Account.EMPTY));

    otherMember().deleteSession(id);

    assertDead(id);
    assertDead(successor);
  }

  @Test
  void delete_manyRotationsAgo_endsTheSession() {
    List<SessionId> chain = chain(20);

    otherMember().deleteSession(chain.get(0));

    chain.forEach(this::assertDead);
    assertThat(connector().lookUpSession(chain.get(20))).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void end_byAStaleObject_endsTheSession() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> stale = created(id, Account.EMPTY);
    remapped(successor, id, stale);

    otherMember().endSession(stale.session().handle(), id);

    assertDead(id);
    assertDead(successor);
  }

  @Test
  void end_byHandleWhereTheTombstoneIsGone_endsTheSession() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> live = remapped(successor, id, created(id, Account.EMPTY));

    // As if the entry of the id that the request still knows had been evicted.
    otherMember().endSession(live.session().handle(), freshId());

    assertDead(successor);
    assertConflict(connector().writeSession(successor, live, live.session()));
  }

  @Test
  void end_byHandleLongAfterTheTombstonesDeath_endsTheSession() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> live = remapped(successor, id, created(id, Account.EMPTY));
    for (int i = 0; i < 10; i++) {
      clock().advance(TIME_TO_LIVE.dividedBy(2));
      SessionRecord<Account> renewed = live.session().withExpiry(expiry(), now());
      live = written(connector().writeSession(successor, live, renewed));
    }

    otherMember().endSession(live.session().handle(), id);

    assertDead(successor);
  }

  @Test
  void end_unknownHandle_endsNothing() {
    SessionId id = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    SessionHandle stranger = session(Account.EMPTY).handle();

    assertThatCode(() -> otherMember().endSession(stranger, freshId())).doesNotThrowAnyException();
    assertThatCode(() -> otherMember().endSession(stranger, id)).doesNotThrowAnyException();

    assertThat(connector().readSession(id)).contains(live.session());
  }

  @Test
  void end_everyWriteAfterIt_isConflict() {
    SessionId first = freshId();
    SessionId second = freshId();
    SessionId third = freshId();
    SessionLookup.Live<Account> old = created(first, Account.EMPTY);
    SessionLookup.Live<Account> live = remapped(second, first, old);
    connector().endSession(live.session().handle(), second);

    assertConflict(otherMember().writeSession(first, old, old.session()));
    assertConflict(otherMember().writeSession(second, live, live.session()));
    assertConflict(otherMember().updateSession(third, first, old, old.session()));
    assertConflict(otherMember().updateSession(third, second, live, live.session()));
    assertConflict(otherMember().updateSession(third, second, expiry(), Account.EMPTY));

    Stream.of(first, second, third).forEach(this::assertDead);
    assertUnknown(third);
  }

  @Test
  void clear_liveAndMovedSessions_endsAll() {
    SessionId plain = freshId();
    SessionId endless = freshId();
    SessionLookup.Live<Account> live = created(plain, Account.EMPTY);
    written(
        connector()
            .createSession(endless, connector().newSession(SessionExpiry.never(), Account.EMPTY)));
    List<SessionId> chain = chain(3);

    otherMember().clear();

    Stream.concat(Stream.of(plain, endless), chain.stream()).forEach(this::assertDead);
    assertConflict(connector().writeSession(plain, live, live.session()));
    assertConflict(connector().updateSession(freshId(), chain.get(3), expiry(), Account.EMPTY));
  }

  @Test
  void clear_emptyStoreAndTwice_isNoErrorAndTheStoreWorksOn() {
    connector().clear();
    otherMember().clear();
    SessionId id = freshId();
    created(id, Account.EMPTY);

    assertThat(otherMember().readSession(id)).isPresent();
  }

  // ---- Data that cannot be read

  @Test
  void lookUp_undecodableData_isToldWithItsHandle() {
    SessionId id = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY.withUser(Account.UNREADABLE));

    assertThat(otherMember().lookUpSession(id))
        .isInstanceOfSatisfying(
            SessionLookup.Undecodable.class,
            found -> assertThat(found.handle()).isEqualTo(live.session().handle()));
    assertThat(otherMember().readSession(id)).isEmpty();
    assertConflict(otherMember().updateSession(freshId(), id, expiry(), Account.EMPTY));
  }

  @Test
  void delete_undecodableData_endsTheSession() {
    SessionId id = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY.withUser(Account.UNREADABLE));

    otherMember().deleteSession(id);

    assertThat(connector().lookUpSession(id))
        .isEqualTo(new SessionLookup.Ended<>(live.session().handle()));
  }

  @Test
  void lookUp_undecodableAndExpired_isUnknown() {
    SessionId id = freshId();
    created(id, Account.EMPTY.withUser(Account.UNREADABLE));

    clock().advance(TIME_TO_LIVE);

    assertUnknown(id);
  }

  // ---- Races of operations

  @Test
  void race_createsOfOneId_oneWins(TestReporter reporter) {
    RaceTally tally = new RaceTally("create of one id");
    for (int round = 0; round < ROUNDS; round++) {
      SessionId id = freshId();
      List<Entrant> entrants = new ArrayList<>();
      for (int i = 0; i < parties(round); i++) {
        SessionStoreConnector<Account> member = member(i);
        SessionRecord<Account> session = session(marked(i));
        entrants.add(new Entrant(id, session.data(), () -> member.createSession(id, session)));
      }
      run(tally, round, id, null, entrants);
    }
    settle(tally, reporter);
  }

  @Test
  void race_t1RemapsOfOneVersion_oneWins(TestReporter reporter) {
    RaceTally tally = new RaceTally("T1 remaps of one version");
    for (int round = 0; round < ROUNDS; round++) {
      SessionId id = freshId();
      SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
      run(tally, round, id, Account.EMPTY, entrants(parties(round), i -> remapper(i, id, live)));
    }
    settle(tally, reporter);
  }

  @Test
  void race_t1UpdatesByIdsAlone_oneWins(TestReporter reporter) {
    RaceTally tally = new RaceTally("T1 updates by ids alone");
    for (int round = 0; round < ROUNDS; round++) {
      SessionId id = freshId();
      createdOn(member(round), id, Account.EMPTY);
      run(tally, round, id, Account.EMPTY, entrants(parties(round), i -> updater(i, id)));
    }
    settle(tally, reporter);
  }

  @Test
  void race_remapsAndWritesOfOneVersion_oneWins(TestReporter reporter) {
    RaceTally tally = new RaceTally("remaps and writes of one version");
    for (int round = 0; round < ROUNDS; round++) {
      SessionId id = freshId();
      SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
      run(
          tally,
          round,
          id,
          Account.EMPTY,
          entrants(parties(round), i -> i % 2 == 0 ? remapper(i, id, live) : writer(i, id, live)));
    }
    settle(tally, reporter);
  }

  @Test
  void race_chainOfRemapsUnderRivals_oneWinsEachLink(TestReporter reporter) {
    RaceTally tally = new RaceTally("T1 along one chain");
    List<SessionId> issued = new ArrayList<>();
    SessionId id = freshId();
    issued.add(id);
    created(id, Account.EMPTY);
    for (int round = 0; round < ROUNDS; round++) {
      SessionId current = id;
      SessionLookup.Live<Account> live = live(member(round), current);
      List<Entrant> entrants = entrants(parties(round), i -> remapper(i, current, live));
      run(tally, round, current, live.session().data(), entrants);
      id =
          entrants.stream()
              .map(Entrant::leaves)
              .filter(left -> connector().readSession(left).isPresent())
              .findAny()
              .orElse(id);
      issued.add(id);
    }
    assertThat(liveIds(issued)).containsExactly(id);
    settle(tally, reporter);
  }

  @Test
  void race_remapsOfSeveralSessionsToOneId_oneGetsIt(TestReporter reporter) {
    RaceTally tally = new RaceTally("remaps of several sessions to one id");
    for (int round = 0; round < ROUNDS; round++) {
      SessionId wanted = freshId();
      List<SessionId> ids = new ArrayList<>();
      List<Callable<WriteSessionResult<Account>>> parties = new ArrayList<>();
      for (int i = 0; i < parties(round); i++) {
        SessionId id = freshId();
        SessionLookup.Live<Account> live = createdOn(member(i + round), id, Account.EMPTY);
        SessionStoreConnector<Account> member = member(i);
        SessionRecord<Account> next = live.session().withData(marked(i));
        ids.add(id);
        parties.add(() -> member.updateSession(wanted, id, live, next));
      }
      List<Outcome<WriteSessionResult<Account>>> outcomes = Race.run(round, parties);
      tally.round();
      List<Verdict> verdicts = new ArrayList<>();
      for (Outcome<WriteSessionResult<Account>> outcome : outcomes) {
        verdicts.add(count(tally, verdict(outcome)));
      }
      Optional<Account> there = otherMember().readSession(wanted).map(SessionRecord::data);
      for (int i = 0; i < ids.size(); i++) {
        boolean stayed = !liveIds(List.of(ids.get(i))).isEmpty();
        boolean arrived = there.equals(Optional.of(marked(i)));
        if (stayed && arrived) {
          tally.fork();
        }
        if (!stayed && !arrived
            || verdicts.get(i) == Verdict.WON && !arrived
            || verdicts.get(i) == Verdict.REFUSED && !stayed) {
          tally.lost();
        }
      }
    }
    settle(tally, reporter);
  }

  @Test
  void race_t2RemapAgainstLateWrites_remapStands(TestReporter reporter) {
    RaceTally tally = new RaceTally("T2 remap against late writes");
    for (int round = 0; round < ROUNDS; round++) {
      SessionId id = freshId();
      SessionId successor = freshId(id);
      SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
      Account login = Account.EMPTY.withUser("anna");
      List<Callable<WriteSessionResult<Account>>> parties = new ArrayList<>();
      parties.add(() -> connector().updateSession(successor, id, expiry(), login));
      for (int i = 1; i < parties(round); i++) {
        parties.add(writer(i, id, live).write());
      }
      List<Outcome<WriteSessionResult<Account>>> outcomes = Race.run(round, parties);
      tally.round();
      Verdict remap = count(tally, verdict(outcomes.get(0)));
      outcomes.stream()
          .skip(1)
          .map(SessionStoreConnectorContract::verdict)
          .filter(verdict -> verdict != Verdict.WON)
          .forEach(verdict -> count(tally, verdict));
      Set<SessionId> alive = liveIds(List.of(id, successor));
      if (alive.size() > 1) {
        tally.fork();
      }
      boolean stands =
          alive.equals(Set.of(successor))
              && otherMember().readSession(successor).orElseThrow().data().equals(login);
      if (remap == Verdict.UNKNOWN ? alive.isEmpty() : !stands) {
        tally.lost();
      }
      if (remap == Verdict.WON) {
        assertConflict(otherMember().writeSession(id, live, live.session()));
      }
    }
    settle(tally, reporter);
  }

  @Test
  void race_t3EndAgainstWritesOfTheSameId_endStands(TestReporter reporter) {
    RaceTally tally = new RaceTally("T3 end against writes of its id");
    for (int round = 0; round < ROUNDS; round++) {
      SessionId id = freshId();
      SessionLookup.Live<Account> live = createdOn(member(round), id, Account.EMPTY);
      SessionStoreConnector<Account> member = member(round / 2);
      List<Entrant> writers =
          entrants(
              parties(round) - 1,
              i ->
                  switch (i % 3) {
                    case 0 -> remapper(i, id, live);
                    case 1 -> writer(i, id, live);
                    default -> updater(i, id);
                  });
      boolean ended = runEnd(tally, round, List.of(id), writers, () -> member.deleteSession(id));
      SessionId late = freshId();
      if (ended
          && (isWritten(otherMember().writeSession(id, live, live.session()))
              || isWritten(connector().updateSession(late, id, expiry(), Account.EMPTY)))) {
        tally.lost();
      }
    }
    settle(tally, reporter);
  }

  @Test
  void race_t4EndThroughATombstoneAgainstWritesOfTheSuccessor_endStands(TestReporter reporter) {
    RaceTally tally = new RaceTally("T4 end through a tombstone");
    for (int round = 0; round < ROUNDS; round++) {
      SessionId id = freshId();
      SessionId successor = freshId(id);
      SessionLookup.Live<Account> live =
          remapped(successor, id, createdOn(member(round), id, Account.EMPTY));
      SessionStoreConnector<Account> member = member(round / 2);
      List<Entrant> writers =
          entrants(
              parties(round) - 1,
              i ->
                  switch (i % 3) {
                    case 0 -> remapper(i, successor, live);
                    case 1 -> updater(i, successor);
                    default -> writer(i, successor, live);
                  });
      runEnd(tally, round, List.of(id, successor), writers, () -> member.deleteSession(id));
    }
    settle(tally, reporter);
  }

  @Test
  void race_endManyRotationsAgoAgainstRemaps_endStands(TestReporter reporter) {
    RaceTally tally = new RaceTally("T4 end by an old id or by the handle alone");
    for (int round = 0; round < ROUNDS; round++) {
      List<SessionId> chain = chain(1 + round % 4);
      SessionId last = chain.get(chain.size() - 1);
      SessionLookup.Live<Account> live = live(member(round), last);
      SessionHandle handle = live.session().handle();
      SessionId known = round % 2 == 0 ? chain.get(0) : freshId();
      SessionStoreConnector<Account> member = member(round / 2);
      List<Entrant> writers =
          entrants(
              parties(round) - 1, i -> i % 2 == 0 ? updater(i, last) : remapper(i, last, live));
      runEnd(tally, round, chain, writers, () -> member.endSession(handle, known));
    }
    settle(tally, reporter);
  }

  @Test
  void race_endsOfOneSession_itEnds(TestReporter reporter) {
    RaceTally tally = new RaceTally("ends of one session against a remap");
    for (int round = 0; round < ROUNDS; round++) {
      List<SessionId> chain = chain(2);
      SessionId last = chain.get(2);
      SessionLookup.Live<Account> live = live(member(round), last);
      SessionStoreConnector<Account> other = member(round + 1);
      List<Entrant> others = new ArrayList<>();
      others.add(remapper(0, last, live));
      for (int i = 1; i < parties(round) - 1; i++) {
        SessionId id = chain.get(i % chain.size());
        others.add(
            new Entrant(
                id,
                Account.EMPTY,
                () -> {
                  other.deleteSession(id);
                  return new WriteSessionResult.Conflict<>();
                }));
      }
      runEnd(tally, round, chain, others, () -> member(0).deleteSession(chain.get(0)));
    }
    settle(tally, reporter);
  }

  @Test
  void race_clearAgainstRemapsAndWrites_nothingSurvives(TestReporter reporter) {
    RaceTally tally = new RaceTally("clear against remaps and writes");
    for (int round = 0; round < ROUNDS; round++) {
      List<SessionId> ids = new ArrayList<>();
      int first = round;
      List<Entrant> writers =
          entrants(
              parties(round) - 1,
              i -> {
                SessionId id = freshId();
                ids.add(id);
                SessionLookup.Live<Account> live = createdOn(member(first + i), id, Account.EMPTY);
                return switch (i % 3) {
                  case 0 -> remapper(i, id, live);
                  case 1 -> updater(i, id);
                  default -> writer(i, id, live);
                };
              });
      runEnd(tally, round, ids, writers, member(round / 2)::clear);
    }
    settle(tally, reporter);
  }

  // ---- Races of sessions

  @Test
  void race_t1Logins_oneSuccessor(TestReporter reporter) {
    RaceTally tally = new RaceTally("T1 logins");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
      for (int i = 0; i < parties(round); i++) {
        String user = "user " + i;
        parties.add(
            stores.request(round, i, begun, session -> session.update(a -> a.withUser(user))));
      }
      List<Outcome<SessionCookieCommand>> outcomes = Race.run(round, parties);
      tally.round();
      int unknownBefore = tally.unknownOutcomes();
      Set<SessionId> alive = stores.alive(begun.handle());
      Set<SessionId> won = new LinkedHashSet<>();
      for (int i = 0; i < outcomes.size(); i++) {
        if (count(tally, verdict(outcomes.get(i))) == Verdict.WON) {
          SessionCookieValue cookie = cookie(outcomes.get(i).value());
          won.add(cookie.id());
          String user = stores.read(i + 1, cookie).user();
          if (!user.equals("user " + i)) {
            tally.lost();
          }
        }
      }
      if (alive.size() > 1 || won.size() > 1) {
        tally.fork();
      }
      boolean decided = tally.unknownOutcomes() == unknownBefore;
      if (decided ? !alive.equals(won) : alive.isEmpty() || !alive.containsAll(won)) {
        tally.lost();
      }
    }
    settle(tally, reporter);
  }

  @Test
  void race_t2LoginAgainstRoutineUpdates_bothKeptOrRefused(TestReporter reporter) {
    RaceTally tally = new RaceTally("T2 login against routine updates");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
      parties.add(
          stores.request(round, 0, begun, session -> session.update(a -> a.withUser("anna"))));
      for (int i = 1; i < parties(round); i++) {
        parties.add(stores.request(round, i, begun, session -> session.update(a -> a.addLeft(1))));
      }
      List<Outcome<SessionCookieCommand>> outcomes = Race.run(round, parties);
      tally.round();
      Verdict login = count(tally, verdict(outcomes.get(0)));
      Set<SessionId> alive = stores.alive(begun.handle());
      if (alive.size() > 1) {
        tally.fork();
      } else if (alive.isEmpty()
          || login == Verdict.REFUSED
          || login == Verdict.WON && !alive.equals(Set.of(cookie(outcomes.get(0).value()).id()))) {
        tally.lost();
      } else {
        checkSum(
            tally,
            outcomes.subList(1, outcomes.size()),
            live(otherMember(), alive.iterator().next()).session().data().left());
      }
    }
    settle(tally, reporter);
  }

  @Test
  void race_t3LogoutAgainstLateWrites_nothingComesBack(TestReporter reporter) {
    RaceTally tally = new RaceTally("T3 logout against late writes");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      RequestSession<Account> late = stores.open(round, begun.cookie());
      late.update(a -> a.addRight(1));
      List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
      parties.add(stores.request(round, 0, begun, RequestSession::delete));
      for (int i = 1; i < parties(round); i++) {
        parties.add(stores.request(round, i, begun, write(i)));
      }
      checkLogout(tally, stores, begun, Race.run(round, parties));
      if (Race.run(0, List.<Callable<SessionCookieCommand>>of(late::complete)).get(0)
          instanceof Outcome.Returned) {
        tally.lost();
      }
      if (!stores.alive(begun.handle()).isEmpty()) {
        tally.lost();
      }
    }
    settle(tally, reporter);
  }

  @Test
  void race_t4LogoutWithAReplacedIdAgainstWrites_nothingSurvives(TestReporter reporter) {
    RaceTally tally = new RaceTally("T4 logout with a replaced id");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      // Opened before the login on even rounds; finds a tombstone on odd ones.
      Callable<SessionCookieCommand> logout =
          stores.request(round, 0, begun, RequestSession::delete);
      RequestSession<Account> login = stores.open(round + 1, begun.cookie());
      login.update(a -> a.withUser("anna"));
      Begun successor = new Begun(cookie(login.complete()), begun.handle());
      List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
      parties.add(logout);
      for (int i = 1; i < parties(round); i++) {
        parties.add(stores.request(round / 2, i, successor, write(i)));
      }
      checkLogout(tally, stores, begun, Race.run(round, parties));
    }
    settle(tally, reporter);
  }

  @Test
  void race_t5Increments_allCount(TestReporter reporter) {
    RaceTally tally = new RaceTally("T5 increments by update");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      List<Outcome<SessionCookieCommand>> outcomes =
          Race.run(
              round,
              stores.requests(round, begun, i -> session -> session.update(a -> a.addLeft(1))));
      tally.round();
      checkSum(tally, outcomes, stores.read(round + 1, begun.cookie()).left());
      if (outcomes.stream().anyMatch(o -> verdict(o) == Verdict.REFUSED)) {
        // Routine updates are run again; none of so few may be refused.
        tally.lost();
      }
    }
    settle(tally, reporter);
  }

  @Test
  void race_t5IncrementsBySet_countOrAreRefused(TestReporter reporter) {
    RaceTally tally = new RaceTally("T5 increments by set");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      List<Outcome<SessionCookieCommand>> outcomes =
          Race.run(
              round,
              stores.requests(
                  round,
                  begun,
                  i ->
                      i % 2 == 0
                          ? session -> session.set(session.data().addLeft(1))
                          : session -> session.update(a -> a.addLeft(1))));
      tally.round();
      checkSum(tally, outcomes, stores.read(round + 1, begun.cookie()).left());
    }
    settle(tally, reporter);
  }

  @Test
  void race_t6TwoFields_bothKept(TestReporter reporter) {
    RaceTally tally = new RaceTally("T6 two fields");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      List<Outcome<SessionCookieCommand>> outcomes =
          Race.run(
              round,
              stores.requests(
                  round,
                  begun,
                  i ->
                      i % 2 == 0
                          ? session -> session.update(a -> a.addLeft(1))
                          : session -> session.update(a -> a.addRight(1))));
      tally.round();
      Account account = stores.read(round + 1, begun.cookie());
      checkSum(tally, every(2, 0, outcomes), account.left());
      checkSum(tally, every(2, 1, outcomes), account.right());
    }
    settle(tally, reporter);
  }

  @Test
  void race_t7Transfers_invariantHolds(TestReporter reporter) {
    RaceTally tally = new RaceTally("T7 an invariant over two fields");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      List<Callable<SessionCookieCommand>> parties =
          stores.requests(
              round,
              begun,
              i -> session -> session.update(a -> a.addLeft(i + 1).addRight(-(i + 1))));
      int reader = round + 1;
      parties.add(
          () -> {
            RequestSession<Account> session = stores.open(reader, begun.cookie());
            assertThat(session.data().left() + session.data().right()).isZero();
            return session.complete();
          });
      List<Outcome<SessionCookieCommand>> outcomes = Race.run(round, parties);
      tally.round();
      outcomes.forEach(outcome -> count(tally, verdict(outcome)));
      Account account = stores.read(round, begun.cookie());
      long written = 0;
      boolean decided = true;
      for (int i = 0; i < outcomes.size() - 1; i++) {
        written += verdict(outcomes.get(i)) == Verdict.WON ? i + 1 : 0;
        decided &= verdict(outcomes.get(i)) != Verdict.UNKNOWN;
      }
      if (account.left() + account.right() != 0 || decided && account.left() != written) {
        tally.lost();
      }
    }
    settle(tally, reporter);
  }

  @Test
  void race_t10ReadersInTheRenewalWindow_oneRenewalAtMost(TestReporter reporter) {
    RaceTally tally = new RaceTally("T10 readers in the renewal window");
    Stores stores = new Stores();
    for (int round = 0; round < ROUNDS; round++) {
      Begun begun = stores.begin(round);
      clock().advance(Duration.ofMinutes(11));
      long writesBefore = stores.writesInPlace();
      List<Outcome<SessionCookieCommand>> outcomes =
          Race.run(round, stores.requests(round, begun, i -> RequestSession::data));
      tally.round();
      for (Outcome<SessionCookieCommand> outcome : outcomes) {
        Verdict verdict = verdict(outcome);
        if (verdict == Verdict.UNKNOWN) {
          count(tally, verdict);
        } else if (verdict == Verdict.REFUSED
            || outcome.value() != SessionCookieCommand.DoNothing.INSTANCE) {
          tally.lost();
        }
      }
      long renewals = stores.writesInPlace() - writesBefore;
      for (int i = 0; i < renewals; i++) {
        tally.winner();
      }
      if (renewals > 1) {
        tally.fork();
      }
      SessionExpiry expiry = live(otherMember(), begun.cookie().id()).session().expiry();
      if (renewals == 1 && !expiry.equals(expiry())) {
        tally.lost();
      }
    }
    settle(tally, reporter);
  }

  // ---- What the tests are made of

  private enum Verdict {
    WON,
    REFUSED,
    UNKNOWN
  }

  /**
   * A party in a race of writes.
   *
   * @param leaves the id that is live if it wins
   * @param data what is stored then
   */
  private record Entrant(
      SessionId leaves, Account data, Callable<WriteSessionResult<Account>> write) {}

  /** A stored session at the start of a round. */
  private record Begun(SessionCookieValue cookie, SessionHandle handle) {}

  /** A store on each member, and every cookie value that they drew since the round began. */
  private final class Stores {
    private final Queue<SessionCookieValue> issued = new ConcurrentLinkedQueue<>();
    private final List<DefaultSessionStore<Account>> stores =
        List.of(store(connector()), store(otherMember()));

    private DefaultSessionStore<Account> store(SessionStoreConnector<Account> member) {
      return new DefaultSessionStore<>(
          new DefaultSessionStore.Parts<>(
              member,
              new AccountCodec(),
              PrivilegeRule.of(Account.class),
              () -> Account.EMPTY,
              SessionPolicy.DEFAULT,
              preferred -> {
                SessionCookieValue value = cookies.next(preferred);
                issued.add(value);
                return value;
              },
              clock(),
              new Random(),
              event -> {}));
    }

    private DefaultSessionStore<Account> on(int member) {
      return stores.get(Math.floorMod(member, stores.size()));
    }

    Begun begin(int round) {
      issued.clear();
      Session<Account> session = on(round).create(Account.EMPTY);
      return new Begun(cookie(on(round).store(session)), session.handle());
    }

    RequestSession<Account> open(int member, SessionCookieValue cookie) {
      return on(member).open(List.of(cookie.reveal()));
    }

    /**
     * A request that has read its session before the race on even rounds, and reads it in it else.
     */
    Callable<SessionCookieCommand> request(
        int round, int party, Begun begun, Consumer<RequestSession<Account>> change) {
      Callable<RequestSession<Account>> changed =
          () -> {
            RequestSession<Account> session = open(party, begun.cookie());
            change.accept(session);
            return session;
          };
      if (round % 2 == 1) {
        return () -> changed.call().complete();
      }
      try {
        return changed.call()::complete;
      } catch (Exception e) {
        throw new AssertionError("a request failed before the race", e);
      }
    }

    List<Callable<SessionCookieCommand>> requests(
        int round, Begun begun, IntFunction<Consumer<RequestSession<Account>>> change) {
      List<Callable<SessionCookieCommand>> requests = new ArrayList<>();
      for (int i = 0; i < parties(round); i++) {
        requests.add(request(round, i, begun, change.apply(i)));
      }
      return requests;
    }

    /** The data of a session that must be there. */
    Account read(int member, SessionCookieValue cookie) {
      RequestSession<Account> session = open(member, cookie);
      assertThat(session.isNew()).as("session %s is new", session).isFalse();
      return session.data();
    }

    /** Every id issued in this round that is live for the session, on any member. */
    Set<SessionId> alive(SessionHandle handle) {
      Set<SessionId> alive = new LinkedHashSet<>();
      for (SessionCookieValue value : issued) {
        if (members()
            .anyMatch(
                member ->
                    member
                        .readSession(value.id())
                        .filter(session -> session.handle().equals(handle))
                        .isPresent())) {
          alive.add(value.id());
        }
      }
      return alive;
    }

    long writesInPlace() {
      return stores.stream().mapToLong(store -> store.statistics().writesInPlace()).sum();
    }
  }

  /** A late write of one kind or another. */
  private static Consumer<RequestSession<Account>> write(int party) {
    return switch (party % 3) {
      case 0 -> session -> session.update(a -> a.withUser("late"));
      case 1 -> session -> session.update(a -> a.addLeft(1));
      default -> session -> session.set(session.data().addRight(1));
    };
  }

  private static SessionCookieValue cookie(SessionCookieCommand command) {
    assertThat(command).isInstanceOf(SessionCookieCommand.Set.class);
    return ((SessionCookieCommand.Set) command).cookieValue();
  }

  private void checkLogout(
      RaceTally tally, Stores stores, Begun begun, List<Outcome<SessionCookieCommand>> outcomes) {
    tally.round();
    Verdict logout = count(tally, verdict(outcomes.get(0)));
    outcomes.stream()
        .skip(1)
        .map(SessionStoreConnectorContract::verdict)
        .filter(verdict -> verdict != Verdict.WON)
        .forEach(verdict -> count(tally, verdict));
    Set<SessionId> alive = stores.alive(begun.handle());
    if (alive.size() > 1) {
      tally.fork();
    }
    if (logout == Verdict.REFUSED || logout == Verdict.WON && !alive.isEmpty()) {
      tally.lost();
    }
  }

  /** Counts the outcomes and compares those that were acknowledged with what is stored. */
  private static void checkSum(
      RaceTally tally, List<Outcome<SessionCookieCommand>> outcomes, long stored) {
    int won = 0;
    int unknown = 0;
    for (Outcome<SessionCookieCommand> outcome : outcomes) {
      Verdict verdict = count(tally, verdict(outcome));
      won += verdict == Verdict.WON ? 1 : 0;
      unknown += verdict == Verdict.UNKNOWN ? 1 : 0;
    }
    if (stored < won || stored > won + unknown) {
      tally.lost();
    }
  }

  private static <T> List<T> every(int step, int first, List<T> list) {
    return IntStream.range(0, list.size())
        .filter(i -> i % step == first)
        .mapToObj(list::get)
        .toList();
  }

  private static List<Entrant> entrants(int count, IntFunction<Entrant> entrant) {
    return IntStream.range(0, count).mapToObj(entrant).toList();
  }

  private Entrant remapper(int party, SessionId id, SessionLookup.Live<Account> live) {
    SessionId successor = party % 2 == 0 ? freshId(id) : freshId();
    SessionStoreConnector<Account> member = member(party);
    SessionRecord<Account> next = live.session().withData(marked(party));
    return new Entrant(
        successor, next.data(), () -> member.updateSession(successor, id, live, next));
  }

  private Entrant updater(int party, SessionId id) {
    SessionId successor = party % 2 == 0 ? freshId(id) : freshId();
    SessionStoreConnector<Account> member = member(party);
    Account data = marked(party);
    SessionExpiry expiry = expiry();
    return new Entrant(successor, data, () -> member.updateSession(successor, id, expiry, data));
  }

  private Entrant writer(int party, SessionId id, SessionLookup.Live<Account> live) {
    SessionStoreConnector<Account> member = member(party);
    SessionRecord<Account> next = live.session().withData(marked(party));
    return new Entrant(id, next.data(), () -> member.writeSession(id, live, next));
  }

  /** Data that tells who wrote it. */
  private static Account marked(int party) {
    return Account.EMPTY.addLeft(party + 1);
  }

  /**
   * Runs writes of which one has to win and the others have to lose, and checks what is stored.
   *
   * @param before what is stored under {@code id} before, or null if nothing is
   */
  private void run(
      RaceTally tally, int round, SessionId id, @Nullable Account before, List<Entrant> entrants) {
    List<Outcome<WriteSessionResult<Account>>> outcomes =
        Race.run(round, entrants.stream().map(Entrant::write).toList());
    tally.round();
    List<Entrant> won = new ArrayList<>();
    List<Entrant> unknown = new ArrayList<>();
    for (int i = 0; i < entrants.size(); i++) {
      switch (count(tally, verdict(outcomes.get(i)))) {
        case WON -> won.add(entrants.get(i));
        case UNKNOWN -> unknown.add(entrants.get(i));
        case REFUSED -> {}
      }
    }
    List<SessionId> issued =
        Stream.concat(Stream.of(id), entrants.stream().map(Entrant::leaves)).toList();
    Set<SessionId> alive = liveIds(issued);
    if (alive.size() > 1 || won.size() > 1) {
      tally.fork();
    }
    Stream<SessionStoreConnector<Account>> members = members();
    if (!members.allMatch(member -> isOutcome(member, id, before, alive, won, unknown))) {
      tally.lost();
    }
  }

  private static boolean isOutcome(
      SessionStoreConnector<Account> member,
      SessionId id,
      @Nullable Account before,
      Set<SessionId> alive,
      List<Entrant> won,
      List<Entrant> unknown) {
    if (alive.isEmpty()) {
      return won.isEmpty() && before == null && !unknown.isEmpty();
    }
    SessionId there = alive.iterator().next();
    Optional<Account> data = member.readSession(there).map(SessionRecord::data);
    boolean nobody = there.equals(id) && before != null && data.equals(Optional.of(before));
    List<Entrant> candidates = won.isEmpty() ? unknown : won;
    return (won.isEmpty() && !unknown.isEmpty() && nobody)
        || candidates.stream()
            .anyMatch(
                entrant ->
                    entrant.leaves().equals(there) && data.equals(Optional.of(entrant.data())));
  }

  /**
   * Runs the end of sessions against writes of them, and checks that nothing is left.
   *
   * @return whether the end was acknowledged
   */
  private boolean runEnd(
      RaceTally tally, int round, List<SessionId> ids, List<Entrant> writers, Runnable end) {
    List<Callable<Boolean>> parties = new ArrayList<>();
    parties.add(
        () -> {
          end.run();
          return true;
        });
    for (Entrant writer : writers) {
      parties.add(() -> isWritten(writer.write().call()));
    }
    List<Outcome<Boolean>> outcomes = Race.run(round, parties);
    tally.round();
    boolean ended = !outcomes.get(0).threw(SessionStoreUnavailableException.class);
    if (ended && outcomes.get(0).value()) {
      tally.winner();
    }
    for (Outcome<Boolean> outcome : outcomes) {
      if (outcome.threw(SessionStoreUnavailableException.class)) {
        tally.unknown();
      } else if (!outcome.value()) {
        tally.conflict();
      }
    }
    List<SessionId> issued =
        Stream.concat(ids.stream(), writers.stream().map(Entrant::leaves)).toList();
    if (ended && !liveIds(issued).isEmpty()) {
      tally.lost();
    }
    return ended;
  }

  private static boolean isWritten(WriteSessionResult<Account> result) {
    return result instanceof WriteSessionResult.Written;
  }

  private static <T> Verdict verdict(Outcome<T> outcome) {
    if (outcome.threw(SessionStoreUnavailableException.class)) {
      return Verdict.UNKNOWN;
    }
    if (outcome.threw(SessionConflictException.class)) {
      return Verdict.REFUSED;
    }
    T value = outcome.value();
    return value instanceof WriteSessionResult<?> && !(value instanceof WriteSessionResult.Written)
        ? Verdict.REFUSED
        : Verdict.WON;
  }

  private static Verdict count(RaceTally tally, Verdict verdict) {
    switch (verdict) {
      case WON -> tally.winner();
      case REFUSED -> tally.conflict();
      case UNKNOWN -> tally.unknown();
    }
    return verdict;
  }

  private void settle(RaceTally tally, TestReporter reporter) {
    tally.settle(reporter, getClass(), name());
  }

  private static int parties(int round) {
    return FEWEST_PARTIES + round % (MOST_PARTIES - FEWEST_PARTIES + 1);
  }

  private Stream<SessionStoreConnector<Account>> members() {
    return Stream.of(connector(), otherMember());
  }

  private SessionStoreConnector<Account> member(int number) {
    return number % 2 == 0 ? connector() : otherMember();
  }

  private Set<SessionId> liveIds(List<SessionId> ids) {
    Set<SessionId> alive = new LinkedHashSet<>();
    for (SessionId id : ids) {
      if (members().anyMatch(member -> member.readSession(id).isPresent())) {
        alive.add(id);
      }
    }
    return alive;
  }

  /** Any id: nothing that the back-end would rather have. */
  private SessionId freshId() {
    return cookies.next(id -> true).id();
  }

  /** An id as a store draws it for a session that has {@code predecessor} now. */
  private SessionId freshId(SessionId predecessor) {
    return cookies.next(connector().preferredIds(predecessor)).id();
  }

  private Instant now() {
    return clock().instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private SessionExpiry expiry() {
    return SessionExpiry.at(now().plus(TIME_TO_LIVE));
  }

  private SessionRecord<Account> session(Account data) {
    return connector().newSession(expiry(), data);
  }

  private SessionLookup.Live<Account> created(SessionId id, Account data) {
    return createdOn(connector(), id, data);
  }

  private SessionLookup.Live<Account> createdOn(
      SessionStoreConnector<Account> member, SessionId id, Account data) {
    return written(member.createSession(id, session(data)));
  }

  private SessionLookup.Live<Account> remapped(
      SessionId successor, SessionId id, SessionLookup.Live<Account> live) {
    return written(otherMember().updateSession(successor, id, live, live.session()));
  }

  /** A session that was remapped {@code rotations} times: all of its ids, the live one last. */
  private List<SessionId> chain(int rotations) {
    List<SessionId> chain = new ArrayList<>();
    chain.add(freshId());
    SessionLookup.Live<Account> live = created(chain.get(0), Account.EMPTY);
    for (int i = 0; i < rotations; i++) {
      SessionId successor = i % 2 == 0 ? freshId() : freshId(chain.get(i));
      live = remapped(successor, chain.get(i), live);
      chain.add(successor);
    }
    return chain;
  }

  private static SessionLookup.Live<Account> live(
      SessionStoreConnector<Account> member, SessionId id) {
    SessionLookup<Account> found = member.lookUpSession(id);
    if (found instanceof SessionLookup.Live<Account> live) {
      return live;
    }
    throw new AssertionError("expected a live session, found " + found);
  }

  private static SessionLookup.Live<Account> written(WriteSessionResult<Account> result) {
    if (result instanceof WriteSessionResult.Written<Account> written) {
      return written.stored();
    }
    throw new AssertionError("expected a write, got " + result);
  }

  private static void assertConflict(WriteSessionResult<Account> result) {
    assertThat(result).isInstanceOf(WriteSessionResult.Conflict.class);
  }

  private void assertUnknown(SessionId id) {
    members()
        .forEach(
            member ->
                assertThat(member.lookUpSession(id)).isEqualTo(new SessionLookup.Unknown<>()));
  }

  private void assertDead(SessionId id) {
    members().forEach(member -> assertThat(member.readSession(id)).isEmpty());
  }
}
