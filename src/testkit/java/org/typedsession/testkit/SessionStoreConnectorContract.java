package org.typedsession.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.spi.Handover;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/**
 * The duties of {@link SessionStoreConnector}, as tests that every back-end inherits.
 *
 * <p>A back-end gives two of its members, which share what they store; the tests write through both
 * and look at the other one. Each race runs {@code contract.rounds} times (a system property, 500
 * if it is not set) and leaves its figures in {@code target/contract}.
 */
public abstract class SessionStoreConnectorContract extends PrincipalRaces {
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
            now().plusMillis(3),
            SessionExpiry.at(now().plusSeconds(77)),
            new SessionRenewalStrategy.Automatic(Duration.ofMillis(88_123), Duration.ofMillis(44)),
            "Jörg's phone \u20ac",
            "Jörg, \"admin\" \u20ac\ud83d\ude00",
            17,
            new Account("user, with; separators=\n\u0000", Long.MIN_VALUE, Long.MAX_VALUE));

    written(connector().createSession(id, session));

    assertThat(otherMember().readSession(id)).contains(session);
  }

  @Test
  void update_sessionThatIsRenewedInItsOwnWay_keepsThatThroughWritesAndIds() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionRecord<Account> session =
        session(Account.EMPTY).withRenewal(SessionRenewalStrategy.Ignore.INSTANCE);
    SessionLookup.Live<Account> created = written(connector().createSession(id, session));

    SessionLookup.Live<Account> changed =
        written(
            otherMember()
                .writeSession(
                    id, created, created.session().withData(Account.EMPTY.withUser("anna"))));
    written(connector().remapSession(successor, id, changed, changed.session()));

    assertThat(otherMember().readSession(successor).orElseThrow().renewal())
        .isEqualTo(SessionRenewalStrategy.Ignore.INSTANCE);
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
            fine,
            SessionExpiry.at(fine.plusSeconds(60)),
            null,
            null,
            null,
            0,
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
        written(otherMember().remapSession(successor, id, before, changed));

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

    assertThat(otherMember().remapSession(other, id, live, live.session()))
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

    assertThat(otherMember().remapSession(dead, id, live, live.session()))
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

    assertThat(otherMember().remapSession(ended, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().readSession(id)).contains(live.session());
    assertDead(ended);
    remapped(freshId(), id, live);
  }

  @Test
  void update_toItsOwnId_isIdExistsAndChangesNothing() {
    SessionId id = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);

    assertThat(otherMember().remapSession(id, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.IdExists.class);

    assertThat(connector().readSession(id)).contains(live.session());
    remapped(freshId(), id, live);
  }

  @Test
  void update_backToAnEarlierIdOfItself_isIdExistsAndChangesNothing() {
    SessionId first = freshId();
    SessionId second = freshId();
    SessionLookup.Live<Account> live = remapped(second, first, created(first, Account.EMPTY));

    assertThat(otherMember().remapSession(first, second, live, live.session()))
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
    assertConflict(otherMember().remapSession(successor, id, live, live.session()));

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
    assertConflict(otherMember().remapSession(successor, id, stale, stale.session()));
    // The right version under the wrong id.
    assertConflict(otherMember().remapSession(successor, id, live, live.session()));

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
    assertConflict(otherMember().remapSession(successor, id, stale, stale.session()));

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

    assertConflict(otherMember().remapSession(successor, id, stale, renewed));
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

    assertConflict(otherMember().remapSession(successor, id, stale, stale.session()));

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
      assertThat(found)
          .isEqualTo(new SessionLookup.Moved<>(live.session().handle(), movedAt, Handover.NONE));
      assertThat(found.toString()).doesNotContain(successor.toString(), successor.stored());
      assertThat(member.readSession(id)).isEmpty();
    }
  }

  @Test
  void lookUp_movedId_givesBackWhatTheRemapLeftThere() {
    SessionId id = freshId();
    SessionId successor = freshId();
    SessionLookup.Live<Account> live = created(id, Account.EMPTY);
    Handover handover = Handover.of(new byte[] {0, 1, -1, 127});
    SessionLookup.Live<Account> remapped =
        written(connector().remapSession(successor, id, live, live.session(), handover));
    // Whoever is too late leaves nothing.
    assertConflict(otherMember().remapSession(freshId(), id, live, live.session(), Handover.NONE));
    written(otherMember().writeSession(successor, remapped, remapped.session()));

    assertThat(members().map(member -> member.lookUpSession(id)))
        .allSatisfy(
            found ->
                assertThat(found)
                    .isInstanceOfSatisfying(
                        SessionLookup.Moved.class,
                        moved -> assertThat(moved.handover()).isEqualTo(handover)));
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
          .isEqualTo(
              new SessionLookup.Moved<>(live.session().handle(), deaths.get(i), Handover.NONE));
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
    written(connector().remapSession(successor, id, live, prolonged));

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
    assertConflict(otherMember().remapSession(third, first, old, old.session()));
    assertConflict(otherMember().remapSession(third, second, live, live.session()));
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

  private void assertUnknown(SessionId id) {
    members()
        .forEach(
            member ->
                assertThat(member.lookUpSession(id)).isEqualTo(new SessionLookup.Unknown<>()));
  }
}
