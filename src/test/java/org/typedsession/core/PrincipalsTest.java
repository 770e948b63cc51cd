package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.typedsession.PrincipalName;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.SessionSummary;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.RecordingConnector;
import org.typedsession.testkit.RecordingConnector.Operation;

/** What a session says of its user, and what becomes of it by what is decided for that user. */
final class PrincipalsTest {
  private final StoreInMemory<Account> world = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);
  private final RecordingConnector<Account> connector = world.connector;

  /** Data that names its principal. */
  record Profile(Who who, int clicks) {
    record Who(@PrincipalName String name) {}

    static final Profile NOBODY = new Profile(new Who(""), 0);

    Profile of(String name) {
      return new Profile(new Who(name), clicks);
    }
  }

  private SessionCookieValue loggedIn(String name) {
    OpenSession<Account> session = world.open(world.stored(Account.EMPTY));
    session.login(name);
    SessionCookieValue cookie = cookieValue(session.complete());
    connector.resetCounts();
    return cookie;
  }

  private Instant now() {
    return world.clock.instant();
  }

  // ---- Who it is

  @Test
  void login_storedSession_getsANewIdAndItsPrincipal() {
    SessionCookieValue before = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(before);

    session.login("anna");

    assertThat(session.principal()).contains("anna");
    SessionCookieValue after = cookieValue(session.complete());
    assertThat(world.open(before).isNew()).isTrue();
    assertThat(world.open(after).principal()).contains("anna");
    assertThat(world.open(after).authenticatedAt()).contains(now());
  }

  @Test
  void login_newSession_isWorthStoring() {
    OpenSession<Account> session = world.open();

    session.login("anna");

    assertThat(world.open(cookieValue(session.complete())).principal()).contains("anna");
    assertThat(world.store.count("anna")).isEqualTo(1);
  }

  @Test
  void login_emptyName_isRefused() {
    OpenSession<Account> session = world.open();

    assertThatIllegalArgumentException().isThrownBy(() -> session.login(""));
  }

  @Test
  void login_discarded_isForgotten() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.login("anna");

    session.discard();

    assertThat(session.complete()).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);
    assertThat(world.open(cookie).principal()).isEmpty();
  }

  @Test
  void principal_ofTheContainer_isListed() {
    OpenSession<Account> session = world.open(world.stored(Account.EMPTY));
    session.principal("anna");
    session.complete();

    assertThat(world.store.sessions("anna").map(SessionSummary::handle))
        .containsExactly(session.handle());
  }

  @Test
  void principalName_inTheData_isThePrincipal() {
    StoreInMemory<Profile> profiles = profiles();
    SessionCookieValue before = profiles.stored(Profile.NOBODY);
    OpenSession<Profile> session = profiles.open(before);
    session.principal("somebody of the container");
    session.update(profile -> profile.of("anna"));

    SessionCookieValue after = cookieValue(session.complete());

    assertThat(profiles.open(before).isNew()).isTrue();
    assertThat(profiles.open(after).principal()).contains("anna");
    assertThat(profiles.store.count("anna")).isEqualTo(1);
    profiles.store.endAll("anna");
    assertThat(profiles.open(after).isNew()).isTrue();
  }

  @Test
  void principalName_emptied_leavesThePrincipal() {
    StoreInMemory<Profile> profiles = profiles();
    SessionCookieValue anna = profiles.stored(Profile.NOBODY.of("anna"));
    OpenSession<Profile> session = profiles.open(anna);
    session.update(profile -> profile.of(""));
    SessionCookieValue nobody = cookieValue(session.complete());

    profiles.store.endAll("anna");

    assertThat(profiles.open(nobody).isNew()).isFalse();
    assertThat(profiles.open(nobody).principal()).isEmpty();
  }

  /** The data of an ended session must not come back under no name at all. */
  @Test
  void principalName_emptiedByARequestInFlight_doesNotOutliveTheEndOfAll() {
    StoreInMemory<Profile> profiles = profiles();
    SessionCookieValue anna = profiles.stored(Profile.NOBODY.of("anna"));
    OpenSession<Profile> late = profiles.open(anna);
    late.update(profile -> profile.of(""));
    // What frees the sessions does not get through, so that the entry alone holds.
    profiles.connector.fail(Operation.END);
    profiles.store.endAll("anna");

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(late::complete);

    assertThat(profiles.store.count("")).isZero();
    assertThat(profiles.open(anna).isNew()).isTrue();
  }

  @Test
  void login_dataThatNamesItsPrincipal_isRefused() {
    OpenSession<Profile> session = profiles().open();

    assertThatIllegalStateException().isThrownBy(() -> session.login("anna"));
  }

  private static StoreInMemory<Profile> profiles() {
    return new StoreInMemory<>(
        new JsonSessionCodec<>(Profile.class),
        PrivilegeRule.of(Profile.class),
        () -> Profile.NOBODY,
        SessionPolicy.DEFAULT);
  }

  // ---- When they showed it

  @Test
  void authenticatedAt_afterANewId_isThatOfTheLogin() {
    SessionCookieValue cookie = loggedIn("anna");
    Instant login = now();
    world.clock.advance(Duration.ofMinutes(5));
    OpenSession<Account> session = world.open(cookie);
    session.rotateId();
    session.update(account -> account.withUser("another role"));

    SessionCookieValue rotated = cookieValue(session.complete());

    assertThat(world.open(rotated).authenticatedAt()).contains(login);
  }

  @Test
  void authenticatedAt_sameUserLogsInAgain_isNow() {
    SessionCookieValue cookie = loggedIn("anna");
    world.clock.advance(Duration.ofMinutes(5));
    OpenSession<Account> session = world.open(cookie);
    session.login("anna");

    SessionCookieValue again = cookieValue(session.complete());

    assertThat(world.open(again).authenticatedAt()).contains(now());
    assertThat(world.store.count("anna")).isEqualTo(1);
  }

  @Test
  void authenticatedAt_withoutPrincipal_isThatOfTheMarkedData() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    assertThat(world.open(cookie).authenticatedAt()).isEmpty();
    OpenSession<Account> session = world.open(cookie);
    session.update(account -> account.withUser("anna"));
    SessionCookieValue member = cookieValue(session.complete());
    Instant login = now();
    world.clock.advance(Duration.ofMinutes(5));
    OpenSession<Account> later = world.open(member);
    later.rotateId();

    assertThat(world.open(cookieValue(later.complete())).authenticatedAt()).contains(login);
  }

  @Test
  void isAuthenticatedWithin_untilThenAndNoLonger() {
    SessionCookieValue cookie = loggedIn("anna");
    Duration fiveMinutes = Duration.ofMinutes(5);
    world.clock.advance(fiveMinutes);

    assertThat(world.open(cookie).isAuthenticatedWithin(fiveMinutes)).isTrue();
    world.clock.advance(Duration.ofMillis(1));
    assertThat(world.open(cookie).isAuthenticatedWithin(fiveMinutes)).isFalse();
    assertThat(world.open(world.stored(Account.EMPTY)).isAuthenticatedWithin(fiveMinutes))
        .isFalse();
  }

  // ---- The label

  @Test
  void label_set_isStoredInPlace() {
    SessionCookieValue cookie = loggedIn("anna");
    OpenSession<Account> session = world.open(cookie);
    session.setLabel("Firefox");

    assertThat(session.label()).contains("Firefox");
    assertThat(session.complete()).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);

    assertThat(world.open(cookie).label()).contains("Firefox");
    assertThat(world.store.sessions("anna").map(SessionSummary::label))
        .containsExactly(Optional.of("Firefox"));
  }

  @Test
  void label_ofASessionNotWorthStoring_storesNothing() {
    OpenSession<Account> session = world.open();
    session.setLabel("Firefox");

    session.complete();

    assertThat(connector.count()).isZero();
  }

  @Test
  void label_tooLong_isRefused() {
    OpenSession<Account> session = world.open();

    assertThatIllegalArgumentException().isThrownBy(() -> session.setLabel("x".repeat(201)));
    assertThatIllegalArgumentException().isThrownBy(() -> session.setLabel(""));
  }

  // ---- What it costs

  @Test
  void load_withAPrincipal_costsOneReadMore() {
    SessionCookieValue cookie = loggedIn("anna");

    world.open(cookie).complete();

    assertThat(connector.count(Operation.LOOK_UP)).isOne();
    assertThat(connector.count(Operation.LOOK_UP_PRINCIPAL)).isOne();
    assertThat(connector.count()).isEqualTo(2);
  }

  @Test
  void login_costsAReadAndAWriteMore() {
    OpenSession<Account> session = world.open(world.stored(Account.EMPTY));
    session.login("anna");
    connector.resetCounts();

    session.complete();

    assertThat(connector.count(Operation.UPDATE)).isOne();
    assertThat(connector.count(Operation.LOOK_UP_PRINCIPAL)).isOne();
    assertThat(connector.count(Operation.WRITE_PRINCIPAL)).isOne();
    assertThat(connector.count()).isEqualTo(3);
  }

  @Test
  void endAll_manySessions_isDecidedInOneStep() {
    for (int i = 0; i < 100; i++) {
      loggedIn("anna");
    }

    world.store.endAll("anna");

    assertThat(connector.count(Operation.WRITE_PRINCIPAL)).isOne();
    assertThat(connector.count(Operation.CLEAR)).isZero();
    assertThat(world.store.count("anna")).isZero();
  }

  /** A store that has no trace of an id looks for the handle through everything. */
  @Test
  void endAll_sessionsThatExpired_areNotSearchedFor() {
    SessionCookieValue old = loggedIn("anna");
    loggedIn("anna");
    world.clock.advance(SessionPolicy.DEFAULT.timeToLive().orElseThrow());
    SessionCookieValue live = loggedIn("anna");

    world.store.endAll("anna");

    assertThat(connector.count(Operation.END)).isOne();
    assertThat(world.open(live).isNew()).isTrue();
    assertThat(world.open(old).isNew()).isTrue();
  }

  // ---- What holds without the sessions being ended one by one

  @Test
  void endAll_sessionsThatCannotBeFreed_areNotServed() {
    SessionCookieValue cookie = loggedIn("anna");
    OpenSession<Account> inFlight = world.open(cookie);
    inFlight.update(account -> account.addLeft(1));
    connector.fail(Operation.END);
    world.store.endAll("anna");

    // It lands, and is never served.
    inFlight.complete();

    assertThat(connector.readSession(cookie.id())).as("what is stored").isPresent();
    connector.fail(Operation.END);
    assertThat(world.open(cookie).isNew()).isTrue();
    // The next request to find it frees it.
    assertThat(world.open(cookie).isNew()).isTrue();
    assertThat(connector.readSession(cookie.id())).isEmpty();
  }

  @Test
  void endAll_newIdInFlight_isRefusedAndNotServed() {
    SessionCookieValue cookie = loggedIn("anna");
    OpenSession<Account> inFlight = world.open(cookie);
    inFlight.rotateId();
    connector.fail(Operation.END);
    world.store.endAll("anna");

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(inFlight::complete);
  }

  @Test
  void endAll_betweenTheTwoStepsOfALogin_endsIt() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = world.open(cookie);
    session.login("anna");
    connector.before(Operation.UPDATE, () -> world.store.endAll("anna"));

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(session::complete);

    assertThat(world.store.count("anna")).isZero();
    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void endAll_betweenTheTwoStepsOfALogin_holdsWithoutAnythingBeingFreed() {
    OpenSession<Account> session = world.open(world.stored(Account.EMPTY));
    session.login("anna");
    connector.fail(Operation.END);
    connector.before(Operation.UPDATE, () -> world.store.endAll("anna"));

    SessionCookieValue cookie = cookieValue(session.complete());

    assertThat(world.open(cookie).isNew()).isTrue();
  }

  @Test
  void login_thatLosesItsRace_givesItsPlaceBack() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> first = world.open(cookie);
    OpenSession<Account> second = world.open(cookie);
    first.login("anna");
    second.login("anna");
    // Which cannot be run again, so that it does not join the first.
    second.set(Account.EMPTY.addLeft(1));
    SessionCookieValue winner = cookieValue(first.complete());

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(second::complete);

    assertThat(world.open(winner).isNew()).isFalse();
    assertThat(connector.lookUpPrincipal("anna").principal().members()).hasSize(1);
  }

  @Test
  void login_sentTwice_takesOnePlace() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> first = world.open(cookie);
    OpenSession<Account> second = world.open(cookie);
    first.login("anna");
    second.login("anna");
    SessionCookieValue winner = cookieValue(first.complete());

    assertThat(cookieValue(second.complete())).isEqualTo(winner);

    assertThat(connector.lookUpPrincipal("anna").principal().members()).hasSize(1);
  }

  @Test
  void login_whoseOutcomeIsInDoubt_leavesNoSession() {
    OpenSession<Account> session = world.open(world.stored(Account.EMPTY));
    session.login("anna");
    connector.failAfterwards(Operation.UPDATE);

    assertThatExceptionOfType(SessionStoreUnavailableException.class).isThrownBy(session::complete);

    assertThat(world.store.count("anna")).isZero();
    assertThat(connector.lookUpPrincipal("anna").principal().members()).isEmpty();
  }

  @Test
  void stored_sessionThatWasEnded_isEmpty() {
    SessionCookieValue cookie = loggedIn("anna");
    OpenSession<Account> open = world.open(cookie);
    connector.fail(Operation.END);

    world.store.endAll("anna");

    assertThat(open.stored()).isEmpty();
  }

  @Test
  void newId_whileTheEntryCannotBeReached_keepsTheSession() {
    SessionCookieValue cookie = loggedIn("anna");
    OpenSession<Account> session = world.open(cookie);
    session.rotateId();
    connector.fail(Operation.LOOK_UP_PRINCIPAL);

    SessionCookieValue rotated = cookieValue(session.complete());

    assertThat(world.open(rotated).isNew()).isFalse();
    assertThat(world.store.count("anna")).isEqualTo(1);
  }

  @Test
  void load_whileTheEntryCannotBeReached_isRefused() {
    SessionCookieValue cookie = loggedIn("anna");
    connector.fail(Operation.LOOK_UP_PRINCIPAL);

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> world.open(cookie));
  }

  // ---- Misuse

  @Test
  void endOthers_sessionOfNobody_isRefused() {
    OpenSession<Account> fresh = world.open();
    OpenSession<Account> anonymous = world.open(world.stored(Account.EMPTY));

    assertThatIllegalStateException().isThrownBy(() -> world.store.endOthers(fresh));
    assertThatIllegalStateException().isThrownBy(() -> world.store.endOthers(anonymous));
  }

  @Test
  void limit_outOfRange_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new SessionLimit(0, WhenReached.REFUSE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionLimit(PrincipalRecord.MOST_LISTED + 1, WhenReached.REFUSE));
  }

  @Test
  void limit_introducedLater_endsWhatIsNotListed() {
    for (int i = 0; i <= PrincipalRecord.MOST_LISTED; i++) {
      loggedIn("anna");
    }
    PrincipalRecord before = connector.lookUpPrincipal("anna").principal();
    assertThat(before.admits(1, world.open(loggedIn("bert")).handle())).isTrue();

    assertThat(before.withoutUnlisted().admits(1, world.open(loggedIn("bert")).handle())).isFalse();
  }
}
