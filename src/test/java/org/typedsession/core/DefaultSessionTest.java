package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionEvent;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionIdCollisionException;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionRenewalStrategy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.RecordingConnector;
import org.typedsession.testkit.RecordingConnector.Operation;
import org.typedsession.testkit.SequentialCookieGenerator;

final class DefaultSessionTest {
  private static final SessionCookieCommand NOTHING = SessionCookieCommand.DoNothing.INSTANCE;
  private static final SessionCookieCommand DELETE = SessionCookieCommand.Delete.INSTANCE;

  private final StoreInMemory<Account> world = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);
  private final RecordingConnector<Account> connector = world.connector;

  // ---- What a request costs

  @Test
  void complete_neverStoredAndUntouched_costsNothing() {
    OpenSession<Account> session = world.open();

    assertThat(session.data()).isEqualTo(Account.EMPTY);
    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(connector.count()).isZero();
    assertThat(session.isNew()).isTrue();
  }

  @Test
  void complete_storedAndOnlyRead_costsOneRead() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.data();

    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(connector.count(Operation.LOOK_UP)).isOne();
    assertThat(connector.count()).isOne();
  }

  @Test
  void complete_routineChange_costsOneReadAndOneWrite() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    session.update(a -> a.addRight(1));

    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(connector.count(Operation.LOOK_UP)).isOne();
    assertThat(connector.count(Operation.WRITE)).isOne();
    assertThat(connector.count()).isEqualTo(2);
    assertThat(world.open(cookie).data()).isEqualTo(Account.EMPTY.addLeft(1).addRight(1));
  }

  @Test
  void complete_routineChangeInTheRenewalWindow_isStillOneWrite() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.clock.advance(Duration.ofMinutes(11));
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    session.complete();

    assertThat(connector.count(Operation.WRITE)).isOne();
    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(30));
  }

  @Test
  void complete_privilegeChange_costsOneReadAndOneRemap() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.withUser("anna"));

    SessionCookieValue successor = cookieValue(session.complete());

    assertThat(connector.count(Operation.UPDATE)).isOne();
    assertThat(connector.count()).isEqualTo(2);
    assertThat(successor).isNotEqualTo(cookie);
    assertThat(world.open(cookie).isNew()).isTrue();
    assertThat(world.open(successor).data().user()).isEqualTo("anna");
  }

  @Test
  void complete_changedNewSession_costsOneCreate() {
    OpenSession<Account> session = world.open();
    session.update(a -> a.addLeft(1));

    SessionCookieValue cookie = cookieValue(session.complete());

    assertThat(connector.count(Operation.CREATE)).isOne();
    assertThat(connector.count()).isOne();
    assertThat(world.open(cookie).data().left()).isOne();
  }

  @Test
  void complete_deletedSessionThatWasNeverStored_costsNothing() {
    OpenSession<Account> session = world.open();
    session.update(a -> a.addLeft(1));
    session.delete();

    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(connector.count()).isZero();
  }

  @Test
  void complete_twice_givesTheSameAnswerAndStoresOnce() {
    OpenSession<Account> session = world.open();
    session.update(a -> a.addLeft(1));

    SessionCookieCommand first = session.complete();

    assertThat(session.complete()).isEqualTo(first);
    assertThat(connector.count()).isOne();
  }

  // ---- What counts as a change

  @Test
  void isChanged_changesThatChangeNothing_isFalse() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);

    session.update(a -> a);
    session.update(a -> new Account(a.user(), a.left(), a.right()));
    session.set(new Account("nobody", 0, 0));

    assertThat(session.isChanged()).isFalse();
    assertThat(session.complete()).isEqualTo(NOTHING);
    assertThat(connector.count()).isOne();
  }

  @Test
  void create_explicitDataThatEqualsTheDefault_isStored() {
    Session<Account> session = world.store.create(Account.EMPTY);

    assertThat(session.isChanged()).isTrue();
    SessionCookieValue cookie = cookieValue(world.store.store(session));

    assertThat(world.open(cookie).isNew()).isFalse();
  }

  @Test
  void expire_centuriesAway_isRefused() {
    OpenSession<Account> session = world.open();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.expire(SessionExpiry.at(Instant.MAX)))
        .withMessageContaining("never");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.expire(SessionExpiry.at(Instant.MIN)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setTimeToLive(Duration.ofSeconds(Long.MAX_VALUE)))
        .withMessageContaining("100 years");
  }

  @Test
  void expire_newSession_isNotWorthStoring() {
    OpenSession<Account> session = world.open();
    session.expire(SessionExpiry.at(world.clock.instant().plusSeconds(60)));

    assertThat(session.isChanged()).isFalse();
    assertThat(session.complete()).isEqualTo(NOTHING);
    assertThat(connector.count()).isZero();
  }

  @Test
  void expire_newSessionThatIsStored_bringsItsExpiryAlong() {
    OpenSession<Account> session = world.open();
    session.setTimeToLive(Duration.ofMinutes(5));
    session.update(a -> a.addLeft(1));

    SessionCookieValue cookie = cookieValue(session.complete());

    // The renewal at the end of the request must not undo what the request asked for.
    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(5));
    assertThat(connector.count(Operation.WRITE)).isZero();
  }

  @Test
  void expire_storedSession_isOneRoutineWrite() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    Instant fine = world.clock.instant().plusSeconds(60).plusNanos(1);
    session.expire(SessionExpiry.at(fine));

    assertThat(session.isChanged()).isTrue();
    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(connector.count(Operation.WRITE)).isOne();
    assertThat(connector.count()).isEqualTo(2);
    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofSeconds(60));
  }

  @Test
  void timeToLive_changedJustBeforeARenewalIsDue_endsWhenRenewBelowHasPassed() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.clock.advance(Duration.ofMinutes(10));
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    session.complete();

    // As the guide says: not every use renews.
    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(20));
    world.clock.advance(Duration.ofMillis(1));
    world.open(cookie).complete();
    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(30));
  }

  @Test
  void setTimeToLive_laterRequestsOnlyRead_isWhatTheyRenewTo() {
    SessionCookieValue cookie = timeToLive(world.stored(Account.EMPTY), Duration.ofMinutes(5));

    world.clock.advance(Duration.ofMinutes(1));
    assertThat(world.open(cookie).complete()).isEqualTo(NOTHING);
    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(4));

    world.clock.advance(Duration.ofMinutes(1));
    assertThat(world.open(cookie).complete()).isEqualTo(NOTHING);
    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(5));

    world.clock.advance(Duration.ofMinutes(5));
    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void setTimeToLive_changesAndRotationsSince_keepIt() {
    SessionCookieValue cookie = timeToLive(world.stored(Account.EMPTY), Duration.ofHours(2));
    OpenSession<Account> changing = world.open(cookie);
    changing.update(a -> a.addLeft(1));
    changing.complete();
    SessionCookieValue successor = rotated(rotated(cookie));

    world.clock.advance(Duration.ofMinutes(50));
    world.open(successor).complete();

    assertThat(world.open(successor).timeToLive()).contains(Duration.ofHours(2));
  }

  @Test
  void setTimeToLive_ofANewSession_staysToo() {
    OpenSession<Account> session = world.open();
    session.setTimeToLive(Duration.ofMinutes(5));
    session.update(a -> a.addLeft(1));
    SessionCookieValue cookie = cookieValue(session.complete());

    world.clock.advance(Duration.ofMinutes(2));
    world.open(cookie).complete();

    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(5));
  }

  @Test
  void setTimeToLive_again_isWhatCounts() {
    SessionCookieValue cookie = timeToLive(world.stored(Account.EMPTY), Duration.ofMinutes(5));
    timeToLive(cookie, Duration.ofMinutes(30));

    world.clock.advance(Duration.ofMinutes(15));
    world.open(cookie).complete();

    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(30));
  }

  @Test
  void setTimeToLive_ofTheTimeThatIsLeftAnyway_isStored() {
    SessionCookieValue cookie = timeToLive(world.stored(Account.EMPTY), Duration.ofMinutes(30));

    assertThat(connector.readSession(cookie.id()).orElseThrow().renewal()).isNotNull();
  }

  @Test
  void setTimeToLive_whereNothingIsRenewed_isNotRenewedEither() {
    StoreInMemory<Account> unrenewed =
        StoreInMemory.ofAccounts(
            SessionPolicy.builder().renewal(SessionRenewalStrategy.Ignore.INSTANCE).build());
    SessionCookieValue cookie = unrenewed.stored(Account.EMPTY);
    OpenSession<Account> session = unrenewed.open(cookie);
    session.setTimeToLive(Duration.ofMinutes(5));
    session.complete();

    unrenewed.clock.advance(Duration.ofMinutes(4));
    unrenewed.open(cookie).complete();

    assertThat(unrenewed.open(cookie).timeToLive()).contains(Duration.ofMinutes(1));
  }

  @Test
  void setTimeToLive_ofANanosecond_isTheShortestThatStoresKnow() {
    SessionCookieValue cookie = timeToLive(world.stored(Account.EMPTY), Duration.ofNanos(1));

    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void expire_laterRequests_leaveIt() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.expire(SessionExpiry.at(world.clock.instant().plusSeconds(60)));
    session.complete();

    world.clock.advance(Duration.ofSeconds(30));
    OpenSession<Account> later = world.open(cookie);
    later.update(a -> a.addLeft(1));
    later.complete();

    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofSeconds(30));
  }

  private SessionCookieValue timeToLive(SessionCookieValue cookie, Duration timeToLive) {
    OpenSession<Account> session = world.open(cookie);
    session.setTimeToLive(timeToLive);
    session.complete();
    return cookie;
  }

  @Test
  void expire_beyondTheAbsoluteLifetime_isCut() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.expire(SessionExpiry.never());
    session.complete();

    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofHours(12));
  }

  @Test
  void expire_inThePast_endsTheSessionForEverybody() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.expire(SessionExpiry.at(world.clock.instant()));
    session.complete();

    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void setTimeToLive_notPositive_isRefused() {
    OpenSession<Account> session = world.open();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setTimeToLive(Duration.ZERO))
        .withMessageContaining("PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> session.setTimeToLive(Duration.ofSeconds(-1)));
  }

  @Test
  void update_functionThatGivesNull_isRefusedAndChangesNothing() {
    OpenSession<Account> session = world.open();

    assertThatNullPointerException().isThrownBy(() -> session.update(a -> null));

    assertThat(session.isChanged()).isFalse();
    assertThat(session.data()).isEqualTo(Account.EMPTY);
  }

  @Test
  void update_functionThatThrows_changesNothing() {
    OpenSession<Account> session = world.open();

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(
            () ->
                session.update(
                    a -> {
                      throw new UnsupportedOperationException();
                    }));

    assertThat(session.complete()).isEqualTo(NOTHING);
  }

  @Test
  void mutate_mutableData_worksOnACopy() {
    StoreInMemory<List<String>> lists = ofLists();
    List<String> mine = new ArrayList<>(List.of("a"));
    SessionCookieValue cookie = lists.stored(mine);
    OpenSession<List<String>> session = lists.open(cookie);
    List<String> before = session.data();

    session.mutate(list -> list.add("b"));

    assertThat(before).containsExactly("a");
    assertThat(session.data()).containsExactly("a", "b");
    session.complete();
    SessionCookieValue successor = lists.cookies.given().get(1);
    assertThat(lists.open(successor).data()).containsExactly("a", "b");
  }

  @Test
  void mutate_consumerThatThrows_leavesTheData() {
    StoreInMemory<List<String>> lists = ofLists();
    SessionCookieValue cookie = lists.stored(new ArrayList<>());
    OpenSession<List<String>> session = lists.open(cookie);

    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                session.mutate(
                    list -> {
                      list.add("half");
                      throw new IllegalStateException();
                    }));

    assertThat(session.data()).isEmpty();
    assertThat(session.isChanged()).isFalse();
  }

  @Test
  void set_sameMutableObject_isTakenForChanged() {
    StoreInMemory<List<String>> lists = ofLists();
    SessionCookieValue cookie = lists.stored(new ArrayList<>());
    OpenSession<List<String>> session = lists.open(cookie);
    List<String> data = session.data();
    data.add("in place");

    session.set(data);

    assertThat(session.isChanged()).isTrue();
  }

  // ---- Ids

  @Test
  void rotateId_storedSession_givesANewIdWithEqualData() {
    SessionCookieValue cookie = world.stored(Account.EMPTY.addLeft(1));
    OpenSession<Account> session = world.open(cookie);
    SessionHandle handle = session.handle();
    session.rotateId();

    assertThat(session.isChanged()).isTrue();
    SessionCookieValue successor = cookieValue(session.complete());

    assertThat(successor).isNotEqualTo(cookie);
    assertThat(world.open(cookie).isNew()).isTrue();
    OpenSession<Account> next = world.open(successor);
    assertThat(next.data()).isEqualTo(Account.EMPTY.addLeft(1));
    assertThat(next.handle()).isEqualTo(handle);
  }

  @Test
  void rotateId_sessionNotWorthStoring_hasNoEffect() {
    OpenSession<Account> session = world.open();
    session.rotateId();

    assertThat(session.isChanged()).isFalse();
    assertThat(session.complete()).isEqualTo(NOTHING);
    assertThat(connector.count()).isZero();
  }

  @Test
  void complete_typeWithoutPrivileges_everyChangeRemaps() {
    StoreInMemory<String> texts = StoreInMemory.ofText(SessionPolicy.DEFAULT);
    SessionCookieValue cookie = texts.stored("one");
    OpenSession<String> session = texts.open(cookie);
    session.set("two");

    SessionCookieValue successor = cookieValue(session.complete());

    assertThat(texts.open(cookie).isNew()).isTrue();
    assertThat(texts.open(successor).data()).isEqualTo("two");
  }

  @Test
  void complete_typeWithoutPrivilegesOnlyExpiryMoved_staysInPlace() {
    StoreInMemory<String> texts = StoreInMemory.ofText(SessionPolicy.DEFAULT);
    SessionCookieValue cookie = texts.stored("one");
    OpenSession<String> session = texts.open(cookie);
    session.setTimeToLive(Duration.ofMinutes(1));

    assertThat(session.complete()).isEqualTo(NOTHING);
    assertThat(texts.open(cookie).isNew()).isFalse();
  }

  @Test
  void handle_newSession_isTheOneItIsStoredWith() {
    OpenSession<Account> session = world.open();
    SessionHandle handle = session.handle();
    session.update(a -> a.addLeft(1));
    SessionCookieValue cookie = cookieValue(session.complete());

    assertThat(session.handle()).isEqualTo(handle);
    assertThat(world.open(cookie).handle()).isEqualTo(handle);
    assertThat(session.shortId()).contains(cookie.id().toString());
  }

  @Test
  void toString_anySession_namesTheHandleOnly() {
    SessionCookieValue cookie = world.stored(Account.EMPTY.withUser("anna"));
    OpenSession<Account> session = world.open(cookie);

    assertThat(session).hasToString("Session[" + session.handle() + "]");
    assertThat(world.open().shortId()).isEmpty();
  }

  @Test
  void create_idsThatCollide_areDrawnAgain() {
    world.stored(Account.EMPTY);
    world.stored(Account.EMPTY);
    world.cookies.continueAt(1);

    SessionCookieValue third = world.stored(Account.EMPTY);

    assertThat(third).isEqualTo(SequentialCookieGenerator.cookieValue(3));
  }

  @Test
  void remap_idsThatCollide_areDrawnAgainForTheSamePredecessor() {
    world.stored(Account.EMPTY);
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.rotateId();
    world.cookies.continueAt(1);

    assertThat(cookieValue(session.complete())).isEqualTo(SequentialCookieGenerator.cookieValue(3));

    assertThat(connector.count(Operation.UPDATE)).isEqualTo(3);
    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void create_moreCollisionsThanRetries_givesUp() {
    for (int i = 0; i < 3; i++) {
      world.stored(Account.EMPTY);
    }
    connector.setMaximumRetries(OptionalInt.of(2));
    world.cookies.continueAt(1);
    OpenSession<Account> session = world.open();
    session.update(a -> a.addLeft(1));

    assertThatExceptionOfType(SessionIdCollisionException.class)
        .isThrownBy(session::complete)
        .withMessageContaining("3 attempts");
    assertThat(connector.count(Operation.CREATE)).isEqualTo(3);
  }

  @Test
  void create_noRetriesAllowed_triesOnceAndDeleteWorksAllTheSame() {
    connector.setMaximumRetries(OptionalInt.of(0));
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.cookies.continueAt(1);
    OpenSession<Account> session = world.open();
    session.update(a -> a.addLeft(1));

    assertThatExceptionOfType(SessionIdCollisionException.class).isThrownBy(session::complete);
    OpenSession<Account> existing = world.open(cookie);
    existing.delete();

    assertThat(existing.complete()).isEqualTo(DELETE);
  }

  @Test
  void create_neverGivingUp_goesOnUntilAFreeId() {
    for (int i = 0; i < 20; i++) {
      world.stored(Account.EMPTY);
    }
    connector.setMaximumRetries(OptionalInt.empty());
    world.cookies.continueAt(1);

    assertThat(world.stored(Account.EMPTY)).isEqualTo(SequentialCookieGenerator.cookieValue(21));
  }

  @Test
  void create_storeFailsAfterACollision_endsTheAttemptsAtOnce() {
    world.stored(Account.EMPTY);
    world.cookies.continueAt(1);
    connector.pass(Operation.CREATE);
    connector.fail(Operation.CREATE);
    OpenSession<Account> session = world.open();
    session.update(a -> a.addLeft(1));

    assertThatExceptionOfType(SessionStoreUnavailableException.class).isThrownBy(session::complete);
    assertThat(connector.count(Operation.CREATE)).isEqualTo(2);
  }

  // ---- Delete, abandon, seal

  @Test
  void delete_storedSession_endsItAndTakesTheCookie() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.delete();

    assertThat(session.wantsCookie()).isTrue();
    assertThat(session.complete()).isEqualTo(DELETE);

    assertThat(connector.lookUpSession(cookie.id())).isInstanceOf(SessionLookup.Ended.class);
    assertThat(session.isNew()).isTrue();
  }

  @Test
  void delete_anyChangeAfterIt_isRefused() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.delete();

    assertThatIllegalStateException().isThrownBy(() -> session.update(a -> a));
    assertThatIllegalStateException().isThrownBy(() -> session.set(Account.EMPTY));
    assertThatIllegalStateException().isThrownBy(() -> session.mutate(a -> {}));
    assertThatIllegalStateException().isThrownBy(session::rotateId);
    assertThatIllegalStateException().isThrownBy(() -> session.setTimeToLive(Duration.ofDays(1)));
    assertThatIllegalStateException().isThrownBy(() -> session.setLabel("phone"));
    assertThatIllegalStateException().isThrownBy(() -> session.login("anna"));
    assertThat(session.complete()).isEqualTo(DELETE);
  }

  @Test
  void delete_readAfterIt_isThatOfAClientWithoutASession() {
    OpenSession<Account> login = world.open(world.stored(Account.EMPTY));
    login.update(a -> a.withUser("anna"));
    login.login("anna");
    login.setLabel("phone");
    OpenSession<Account> session = world.open(cookieValue(login.complete()));
    session.setTimeToLive(Duration.ofMinutes(1));
    SessionHandle handle = session.handle();
    session.delete();

    for (int i = 0; i < 2; i++) {
      assertThat(session.data()).isEqualTo(Account.EMPTY);
      assertThat(session.isNew()).isTrue();
      assertThat(session.principal()).isEmpty();
      assertThat(session.authenticatedAt()).isEmpty();
      assertThat(session.isAuthenticatedWithin(Duration.ofDays(1))).isFalse();
      assertThat(session.label()).isEmpty();
      assertThat(session.timeToLive()).isEqualTo(SessionPolicy.DEFAULT.timeToLive());
      if (i == 0) {
        assertThat(session.handle()).isEqualTo(handle);
        assertThat(session.complete()).isEqualTo(DELETE);
      }
    }
    assertThat(connector.count(Operation.END)).isOne();
  }

  @Test
  void delete_again_isOneEnd() {
    OpenSession<Account> session = world.open(world.stored(Account.EMPTY));
    session.delete();
    session.delete();
    session.save();
    session.delete();

    assertThat(session.complete()).isEqualTo(DELETE);
    session.delete();

    assertThat(connector.count(Operation.END)).isOne();
  }

  @Test
  void delete_requestIsAbandoned_endsTheSession() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    session.delete();

    assertThat(session.abandon()).isEqualTo(DELETE);
    assertThat(session.abandon()).isEqualTo(DELETE);

    assertThat(connector.count(Operation.END)).isOne();
    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void delete_requestIsAbandonedWhileTheStoreIsAway_isToldAndTakenForNothingElse() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.delete();
    connector.fail(Operation.END);

    assertThatExceptionOfType(SessionStoreUnavailableException.class).isThrownBy(session::abandon);

    assertThat(session.complete()).isEqualTo(NOTHING);
    assertThat(world.open(cookie).isNew()).isFalse();
  }

  @Test
  void delete_afterChanges_storesNoneOfThem() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.withUser("anna"));
    session.delete();
    session.complete();

    assertThat(connector.count(Operation.UPDATE)).isZero();
    assertThat(connector.count(Operation.END)).isOne();
  }

  @Test
  void delete_throughAnIdReplacedJustNow_endsTheSessionAndLeavesTheWinnersCookie() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    SessionCookieValue successor = rotated(cookie);
    OpenSession<Account> session = world.open(cookie);
    session.delete();

    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(world.open(successor).isNew()).isTrue();
  }

  @Test
  void delete_throughAStaleObject_endsTheSession() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> stale = world.open(cookie);
    SessionCookieValue successor = rotated(rotated(cookie));
    stale.delete();
    stale.complete();

    assertThat(world.open(successor).isNew()).isTrue();
  }

  @Test
  void delete_storeIsAway_isNotTakenForDone() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.delete();
    connector.fail(Operation.END);

    assertThatExceptionOfType(SessionStoreUnavailableException.class).isThrownBy(session::complete);
    assertThat(world.open(cookie).isNew()).isFalse();

    assertThat(session.abandon()).isEqualTo(DELETE);
    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void abandon_changedSession_storesNothingAndShowsWhatIsStored() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.withUser("anna"));

    assertThat(session.abandon()).isEqualTo(NOTHING);

    assertThat(connector.count()).isOne();
    assertThat(session.data()).isEqualTo(Account.EMPTY);
    assertThat(session.isChanged()).isFalse();
    assertThat(session.complete()).isEqualTo(NOTHING);
  }

  @Test
  void abandon_explicitNewSession_leavesNothingToStore() {
    OpenSession<Account> session = (OpenSession<Account>) world.store.create(Account.EMPTY);

    assertThat(session.abandon()).isEqualTo(NOTHING);

    assertThat(session.isChanged()).isFalse();
    session.save();
    assertThat(session.complete()).isEqualTo(NOTHING);
    assertThat(connector.count()).isZero();
  }

  @Test
  void abandon_afterASave_keepsWhatWasSaved() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.withUser("anna"));
    session.save();
    session.update(a -> a.withUser("berta"));

    SessionCookieValue successor = cookieValue(session.abandon());

    assertThat(session.data().user()).isEqualTo("anna");
    assertThat(world.open(successor).data().user()).isEqualTo("anna");
  }

  @Test
  void complete_afterwards_canBeReadAndNotChanged() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    session.complete();

    assertThat(session.data().left()).isOne();
    assertThat(session.expiry()).isNotNull();
    session.save();
    assertThatIllegalStateException()
        .isThrownBy(() -> session.update(a -> a))
        .withMessageContaining("committed");
    assertThatIllegalStateException().isThrownBy(session::delete);
  }

  @Test
  void save_severalTimes_storesEachTimeWhatChanged() {
    OpenSession<Account> session = world.open();
    session.save();
    assertThat(connector.count()).isZero();
    session.update(a -> a.addLeft(1));
    session.save();
    session.save();
    session.update(a -> a.addLeft(1));
    session.save();

    SessionCookieValue cookie = cookieValue(session.complete());

    assertThat(connector.count(Operation.CREATE)).isOne();
    assertThat(connector.count(Operation.WRITE)).isOne();
    assertThat(connector.count()).isEqualTo(2);
    assertThat(world.open(cookie).data().left()).isEqualTo(2);
  }

  // ---- Others are first

  @Test
  void update_othersWroteFirst_isRunAgainOnTheirData() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    session.update(a -> a.addRight(a.left()));
    otherRequest(cookie, 10);

    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(world.open(cookie).data()).isEqualTo(new Account("nobody", 11, 11));
    assertThat(session.data()).isEqualTo(new Account("nobody", 11, 11));
    assertThat(world.store.statistics().reruns()).isOne();
  }

  @Test
  void update_thatTurnsIntoAPrivilegeChangeOnFreshData_remaps() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.left() > 0 ? a.withUser("rich") : a);
    session.setTimeToLive(Duration.ofMinutes(25));
    otherRequest(cookie, 1);

    SessionCookieValue successor = cookieValue(session.complete());

    assertThat(world.open(cookie).isNew()).isTrue();
    assertThat(world.open(successor).data().user()).isEqualTo("rich");
  }

  @Test
  void update_functionThatThrowsOnItsRerun_endsTheAttempt() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(
        a -> {
          if (a.left() > 0) {
            throw new UnsupportedOperationException("not again");
          }
          return a.addRight(1);
        });
    otherRequest(cookie, 1);

    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(session::complete);

    assertThat(world.open(cookie).data()).isEqualTo(Account.EMPTY.addLeft(1));
  }

  @Test
  void update_othersKeepWriting_givesUpAfterTheConfiguredReruns() {
    StoreInMemory<Account> world = StoreInMemory.ofAccounts(policyWithReruns(3));
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addRight(1));
    rivals(world, cookie, 4);

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);

    assertThat(world.store.statistics().reruns()).isEqualTo(3);
    assertThat(world.store.statistics().conflicts()).isOne();
    assertThat(world.open(cookie).data()).isEqualTo(Account.EMPTY.addLeft(4));
  }

  @Test
  void update_othersStopInTime_succeedsOnTheLastRerun() {
    StoreInMemory<Account> world = StoreInMemory.ofAccounts(policyWithReruns(3));
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addRight(1));
    rivals(world, cookie, 3);

    session.complete();

    assertThat(world.open(cookie).data()).isEqualTo(new Account("nobody", 3, 1));
  }

  @Test
  void set_othersWroteFirst_isAConflictWithNothingSaved() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addRight(1));
    session.set(session.data().addRight(1));
    otherRequest(cookie, 1);

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);
    assertThat(session.abandon()).isEqualTo(NOTHING);

    assertThat(world.open(cookie).data()).isEqualTo(Account.EMPTY.addLeft(1));
    assertThat(world.store.statistics().conflicts()).isOne();
  }

  @Test
  void mutate_othersWroteFirst_isAConflict() {
    StoreInMemory<List<String>> lists = ofLists();
    SessionCookieValue cookie = lists.stored(new ArrayList<>(List.of("a")));
    OpenSession<List<String>> session = lists.open(cookie);
    session.mutate(list -> list.add("b"));
    OpenSession<List<String>> other = lists.open(cookie);
    other.mutate(list -> list.add("c"));
    other.complete();

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::save);
  }

  @Test
  void save_conflict_keepsTheUnsavedChanges() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.set(Account.EMPTY.addRight(1));
    otherRequest(cookie, 1);

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::save);

    assertThat(session.data()).isEqualTo(Account.EMPTY.addRight(1));
    assertThat(session.isChanged()).isTrue();
  }

  @Test
  void update_idReplacedMeanwhile_isAConflict() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    SessionCookieValue successor = rotated(cookie);

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);
    assertThat(session.abandon()).isEqualTo(NOTHING);

    assertThat(world.open(successor).data()).isEqualTo(Account.EMPTY);
  }

  @Test
  void update_endedMeanwhile_isAConflictAndBringsNothingBack() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    OpenSession<Account> logout = world.open(cookie);
    logout.delete();
    logout.complete();

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);

    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void update_expiredMeanwhile_isAConflict() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    world.clock.advance(Duration.ofMinutes(30));

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);
  }

  @Test
  void update_recentlyReplacedId_isAConflictWithoutACookie() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    rotated(cookie);
    world.clock.advance(SessionPolicy.DEFAULT.overtaken().minusMillis(1));
    OpenSession<Account> session = world.open(cookie);
    assertThat(session.data()).isEqualTo(Account.EMPTY);
    session.update(a -> a.addLeft(1));

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);

    assertThat(session.abandon()).isEqualTo(NOTHING);
    assertThat(connector.count(Operation.CREATE)).isZero();
    assertThat(world.events).noneMatch(SessionEvent.SessionReplayed.class::isInstance);
  }

  @Test
  void complete_recentlyReplacedIdOnlyRead_leavesTheCookieAlone() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    rotated(cookie);
    OpenSession<Account> session = world.open(cookie);
    session.data();

    assertThat(session.complete()).isEqualTo(NOTHING);
  }

  @Test
  void update_idReplacedLongAgo_mayStartANewSession() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    SessionCookieValue successor = rotated(cookie);
    world.clock.advance(SessionPolicy.DEFAULT.overtaken());
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));

    SessionCookieValue fresh = cookieValue(session.complete());

    assertThat(world.open(fresh).handle()).isNotEqualTo(world.open(successor).handle());
  }

  @Test
  void update_endedId_mayStartANewSessionAtOnce() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> logout = world.open(cookie);
    logout.delete();
    logout.complete();
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));

    assertThat(cookieValue(session.complete())).isNotEqualTo(cookie);
  }

  @Test
  void complete_storeIsAwayForAWrite_throwsAndKeepsTheOldData() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.update(a -> a.addLeft(1));
    connector.fail(Operation.WRITE);

    assertThatExceptionOfType(SessionStoreUnavailableException.class).isThrownBy(session::complete);
    assertThat(session.abandon()).isEqualTo(NOTHING);

    assertThat(world.open(cookie).data()).isEqualTo(Account.EMPTY);
    assertThat(world.store.statistics().unavailable()).isOne();
  }

  @Test
  void complete_remapWhoseOutcomeIsUnknown_neverGivesTheNewCookieOut() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.rotateId();
    connector.failAfterwards(Operation.UPDATE);

    assertThatExceptionOfType(SessionStoreUnavailableException.class).isThrownBy(session::complete);
    assertThat(session.abandon()).isEqualTo(NOTHING);
  }

  // ---- Renewal

  @Test
  void complete_enoughTimeLeft_doesNotRenew() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.clock.advance(Duration.ofMinutes(10));
    OpenSession<Account> session = world.open(cookie);

    session.complete();

    assertThat(connector.count()).isOne();
  }

  @Test
  void complete_lessTimeLeft_renewsInPlaceWithoutACookie() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.clock.advance(Duration.ofMinutes(10).plusMillis(1));
    OpenSession<Account> session = world.open(cookie);
    assertThat(session.isChanged()).isFalse();
    assertThat(session.wantsCookie()).isFalse();

    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(connector.count(Operation.WRITE)).isOne();
    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(30));
  }

  @Test
  void complete_renewalsToTheEnd_stopAtTheAbsoluteLifetime() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    Instant end = world.clock.instant().plus(Duration.ofHours(12));
    while (world.clock.instant().isBefore(end.minus(Duration.ofMinutes(11)))) {
      world.clock.advance(Duration.ofMinutes(11));
      OpenSession<Account> session = world.open(cookie);
      assertThat(session.isNew()).isFalse();
      session.complete();
    }

    assertThat(world.open(cookie).expiry()).isEqualTo(SessionExpiry.at(end));
    world.clock.moveTo(end.minusMillis(1));
    assertThat(world.open(cookie).isNew()).isFalse();
    world.clock.moveTo(end);
    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void complete_rotations_doNotExtendTheAbsoluteLifetime() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    Instant end = world.clock.instant().plus(Duration.ofHours(12));
    while (world.clock.instant().isBefore(end.minus(Duration.ofMinutes(11)))) {
      world.clock.advance(Duration.ofMinutes(11));
      cookie = rotated(cookie);
    }

    assertThat(world.open(cookie).expiry()).isEqualTo(SessionExpiry.at(end));
  }

  @Test
  void complete_renewalThatLosesARace_isDroppedSilently() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.clock.advance(Duration.ofMinutes(11));
    OpenSession<Account> session = world.open(cookie);
    SessionCookieValue successor = rotated(cookie);

    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(world.open(cookie).isNew()).isTrue();
    assertThat(world.open(successor).isNew()).isFalse();
    assertThat(world.store.statistics().conflicts()).isZero();
  }

  @Test
  void complete_renewalWhileTheStoreIsAway_isDroppedSilently() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.clock.advance(Duration.ofMinutes(11));
    OpenSession<Account> session = world.open(cookie);
    connector.fail(Operation.WRITE);

    assertThat(session.complete()).isEqualTo(NOTHING);

    assertThat(world.open(cookie).timeToLive()).contains(Duration.ofMinutes(19));
  }

  @Test
  void complete_persistentCookie_isSentAgainWithItsRenewal() {
    SessionPolicy d = SessionPolicy.DEFAULT;
    StoreInMemory<Account> world =
        StoreInMemory.ofAccounts(d.toBuilder().persistentCookie(true).build());
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    assertThat(world.open(cookie).wantsCookie()).isFalse();
    world.clock.advance(Duration.ofMinutes(11));
    OpenSession<Account> session = world.open(cookie);

    assertThat(session.wantsCookie()).isTrue();
    assertThat(session.complete())
        .isEqualTo(
            new SessionCookieCommand.Set(
                cookie, SessionExpiry.at(world.clock.instant().plus(Duration.ofMinutes(30)))));
  }

  @Test
  void complete_renewalIgnored_neverWrites() {
    SessionPolicy d = SessionPolicy.DEFAULT;
    StoreInMemory<Account> world =
        StoreInMemory.ofAccounts(
            d.toBuilder()
                .renewal(SessionRenewalStrategy.Ignore.INSTANCE)
                .persistentCookie(false)
                .build());
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.clock.advance(Duration.ofMinutes(29));
    world.open(cookie).complete();

    assertThat(world.connector.count(Operation.WRITE)).isZero();
  }

  @Test
  void complete_neverExpiringSession_isNotRenewed() {
    SessionPolicy d = SessionPolicy.DEFAULT;
    StoreInMemory<Account> world =
        StoreInMemory.ofAccounts(
            d.toBuilder()
                .timeToLive(Optional.empty())
                .absoluteLifetime(Optional.empty())
                .persistentCookie(false)
                .renewal(d.renewal())
                .build());
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.clock.advance(Duration.ofDays(4_000));
    OpenSession<Account> session = world.open(cookie);

    assertThat(session.timeToLive()).isEmpty();
    assertThat(session.expiry()).isEqualTo(SessionExpiry.never());
    session.complete();
    assertThat(world.connector.count(Operation.WRITE)).isZero();
  }

  // ---- The authenticated user

  @Test
  void principal_anotherName_isAPrivilegeChangeByItself() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.principal("anna");

    assertThat(session.wantsCookie()).isTrue();
    SessionCookieValue successor = cookieValue(session.complete());

    assertThat(world.open(cookie).isNew()).isTrue();
    assertThat(record(successor).principal()).isEqualTo("anna");
  }

  @Test
  void principal_theSameNameOrNone_changesNothing() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> login = world.open(cookie);
    login.principal("anna");
    SessionCookieValue successor = cookieValue(login.complete());
    OpenSession<Account> same = world.open(successor);
    same.principal("anna");
    OpenSession<Account> none = world.open(successor);
    none.principal(null);
    connector.resetCounts();

    assertThat(same.wantsCookie()).isFalse();
    assertThat(same.complete()).isEqualTo(NOTHING);
    assertThat(none.complete()).isEqualTo(NOTHING);

    assertThat(connector.count()).isZero();
    assertThat(record(successor).principal()).isEqualTo("anna");
  }

  @Test
  void principal_withARoutineChange_makesItAPrivilegeChange() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.principal("anna");
    session.update(a -> a.addLeft(1));

    SessionCookieValue successor = cookieValue(session.complete());

    assertThat(record(successor).principal()).isEqualTo("anna");
    assertThat(record(successor).data().left()).isOne();
    assertThat(connector.count(Operation.UPDATE)).isOne();
  }

  @Test
  void principal_newSession_isStoredWithItAndNotWorthStoringAlone() {
    OpenSession<Account> idle = world.open();
    idle.principal("anna");
    assertThat(idle.complete()).isEqualTo(NOTHING);
    OpenSession<Account> session = world.open();
    session.principal("anna");
    session.update(a -> a.addLeft(1));

    assertThat(record(cookieValue(session.complete())).principal()).isEqualTo("anna");
    assertThat(connector.count(Operation.UPDATE)).isZero();
  }

  @Test
  void principal_laterPrivilegeChangeOfANamelessRequest_keepsTheName() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> login = world.open(cookie);
    login.principal("anna");
    SessionCookieValue successor = cookieValue(login.complete());

    assertThat(record(rotated(successor)).principal()).isEqualTo("anna");
  }

  @Test
  void principal_othersWroteInPlaceFirst_stillGetsItsNewId() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.principal("anna");
    otherRequest(cookie, 1);

    SessionCookieValue successor = cookieValue(session.complete());

    assertThat(world.open(cookie).isNew()).isTrue();
    assertThat(record(successor).principal()).isEqualTo("anna");
    assertThat(record(successor).data().left()).isOne();
    assertThat(session.data().left()).isOne();
  }

  /** What was asked for, and stored, is no change that could take the place of the new id. */
  @Test
  void principal_othersWroteInPlaceWhatWasStoredBefore_stillGetsItsNewId() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.setTimeToLive(Duration.ofMinutes(10));
    session.setLabel("mine");
    session.save();
    session.principal("anna");
    OpenSession<Account> other = world.open(cookie);
    other.setTimeToLive(Duration.ofMinutes(20));
    other.setLabel("other");
    assertThat(other.complete()).isEqualTo(NOTHING);

    assertThat(session.wantsCookie()).isTrue();
    SessionCookieValue successor = cookieValue(session.complete());

    assertThat(world.open(cookie).isNew()).isTrue();
    assertThat(record(successor).principal()).isEqualTo("anna");
  }

  @Test
  void principal_anotherRequestWasFirst_isContentWithItsId() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> first = world.open(cookie);
    OpenSession<Account> second = world.open(cookie);
    first.principal("anna");
    second.principal("anna");
    cookieValue(first.complete());

    assertThat(second.complete()).isEqualTo(NOTHING);
  }

  // ---- What the tests are made of

  /** Another request adds to the left in place. */
  private void otherRequest(SessionCookieValue cookie, long amount) {
    OpenSession<Account> other = world.open(cookie);
    other.update(a -> a.addLeft(amount));
    assertThat(other.complete()).isEqualTo(NOTHING);
    connector.resetCounts();
  }

  private SessionCookieValue rotated(SessionCookieValue cookie) {
    OpenSession<Account> other = world.open(cookie);
    other.rotateId();
    return cookieValue(other.complete());
  }

  private SessionRecord<Account> record(SessionCookieValue cookie) {
    return connector.readSession(cookie.id()).orElseThrow();
  }

  /** Has another request write right before each of the next {@code count} writes. */
  private static void rivals(StoreInMemory<Account> world, SessionCookieValue cookie, int count) {
    for (int i = 0; i < count; i++) {
      world.connector.before(
          Operation.WRITE,
          () -> {
            OpenSession<Account> rival = world.open(cookie);
            rival.update(a -> a.addLeft(1));
            rival.complete();
          });
      // The rival's own write.
      world.connector.pass(Operation.WRITE);
    }
  }

  private static SessionPolicy policyWithReruns(int reruns) {
    SessionPolicy d = SessionPolicy.DEFAULT;
    return d.toBuilder().maximumReruns(reruns).build();
  }

  private static StoreInMemory<List<String>> ofLists() {
    SessionCodec<List<String>> codec =
        new SessionCodec<>() {
          @Override
          public String id() {
            return "lines";
          }

          @Override
          public byte[] encode(List<String> data) {
            return String.join("\n", data).getBytes(StandardCharsets.UTF_8);
          }

          @Override
          public List<String> decode(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            return new ArrayList<>(text.isEmpty() ? List.of() : List.of(text.split("\n")));
          }
        };
    return new StoreInMemory<>(
        codec, PrivilegeRule.of(List.class), ArrayList::new, SessionPolicy.DEFAULT);
  }

  // ---- What became of the last attempt to store

  @Test
  void refusal_afterAFailedSave_lastsUntilSomethingIsDoneAboutIt() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> loser = world.open(cookie);
    OpenSession<Account> winner = world.open(cookie);
    loser.set(Account.EMPTY.addLeft(1));
    assertThat(loser.refusal()).isEmpty();
    winner.update(data -> data.addRight(1));
    winner.complete();

    assertThatExceptionOfType(SessionConflictException.class)
        .isThrownBy(loser::save)
        .satisfies(conflict -> assertThat(loser.refusal()).containsSame(conflict));

    loser.discard();
    assertThat(loser.refusal()).isEmpty();
  }
}
