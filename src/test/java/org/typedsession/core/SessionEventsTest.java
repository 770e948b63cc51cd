package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionEvent.SessionConflicted;
import org.typedsession.SessionEvent.SessionCreated;
import org.typedsession.SessionEvent.SessionEnded;
import org.typedsession.SessionEvent.SessionEnded.Cause;
import org.typedsession.SessionEvent.SessionIdChanged;
import org.typedsession.SessionEvent.SessionPrivilegeChanged;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionPolicy;
import org.typedsession.spi.OpenSession;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.RecordingConnector.Operation;

/** What is told of sessions, and how often. */
final class SessionEventsTest {
  private static final Optional<String> NOBODY = Optional.empty();
  private static final Optional<String> ANNA = Optional.of("anna");

  private final StoreInMemory<Account> world =
      StoreInMemory.ofAccounts(
          SessionPolicy.builder().limit(new SessionLimit(1, WhenReached.END_OLDEST)).build());

  private OpenSession<Account> loggedIn() {
    OpenSession<Account> session = world.open(world.stored(Account.EMPTY));
    session.login("anna");
    SessionCookieValue cookie = cookieValue(session.complete());
    world.events.clear();
    return world.open(cookie);
  }

  private SessionEnded ended(Session<Account> session, Optional<String> principal, Cause cause) {
    return new SessionEnded(session.handle(), world.clock.instant(), principal, cause);
  }

  @Test
  void life_ofASession_isTold() {
    OpenSession<Account> session = world.open();
    session.update(account -> account.addLeft(1));
    SessionCookieValue first = cookieValue(session.complete());
    OpenSession<Account> login = world.open(first);
    login.login("anna");
    SessionCookieValue second = cookieValue(login.complete());
    OpenSession<Account> rotation = world.open(second);
    rotation.rotateId();
    SessionCookieValue third = cookieValue(rotation.complete());
    OpenSession<Account> role = world.open(third);
    role.update(account -> account.withUser("administrator"));
    SessionCookieValue fourth = cookieValue(role.complete());
    OpenSession<Account> logout = world.open(fourth);
    logout.delete();
    logout.complete();

    SessionHandle handle = session.handle();
    assertThat(world.events)
        .containsExactly(
            new SessionCreated(handle, world.clock.instant(), NOBODY),
            new SessionPrivilegeChanged(handle, world.clock.instant(), ANNA),
            new SessionIdChanged(handle, world.clock.instant(), ANNA),
            new SessionPrivilegeChanged(handle, world.clock.instant(), ANNA),
            new SessionEnded(handle, world.clock.instant(), ANNA, Cause.LOGOUT));
  }

  @Test
  void renewalAndRoutineChange_areNotTold() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.events.clear();
    world.clock.advance(Duration.ofMinutes(15));
    world.open(cookie).complete();
    OpenSession<Account> routine = world.open(cookie);
    routine.update(account -> account.addLeft(1));
    routine.complete();

    assertThat(world.connector.count(Operation.WRITE)).isEqualTo(2);
    assertThat(world.events).isEmpty();
  }

  @Test
  void logout_twice_isToldOnce() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.events.clear();
    OpenSession<Account> one = world.open(cookie);
    OpenSession<Account> other = world.open(cookie);
    SessionEnded logout = ended(one, NOBODY, Cause.LOGOUT);
    one.delete();
    other.delete();
    one.complete();
    other.complete();

    assertThat(world.events).containsExactly(logout);
  }

  @Test
  void unusedSession_isToldAsIdle() {
    OpenSession<Account> session = loggedIn();
    world.clock.advance(SessionPolicy.DEFAULT.timeToLive().orElseThrow());

    assertThat(session.stored()).isEmpty();
    assertThat(session.stored()).isEmpty();

    assertThat(world.events).containsExactly(ended(session, ANNA, Cause.IDLE));
  }

  @Test
  void sessionAtItsLongestLife_isToldAsAbsolute() {
    OpenSession<Account> session = loggedIn();
    session.expire(SessionExpiry.never());
    session.complete();
    world.clock.advance(SessionPolicy.DEFAULT.absoluteLifetime().orElseThrow());

    assertThat(session.stored()).isEmpty();

    assertThat(world.events).containsExactly(ended(session, ANNA, Cause.ABSOLUTE));
  }

  @Test
  void endAll_isToldAsRevoked() {
    OpenSession<Account> session = loggedIn();

    world.store.endAll("anna");
    world.store.endAll("anna");

    assertThat(world.events).containsExactly(ended(session, ANNA, Cause.REVOKED));
  }

  @Test
  void endAll_sessionThatCouldNotBeFreed_isToldWhenItIsFound() {
    OpenSession<Account> session = loggedIn();
    world.connector.fail(Operation.END);
    world.store.endAll("anna");
    assertThat(world.events).isEmpty();

    assertThat(session.stored()).isEmpty();

    assertThat(world.events).containsExactly(ended(session, ANNA, Cause.REVOKED));
  }

  @Test
  void endByHandle_isToldAsRevoked() {
    OpenSession<Account> session = loggedIn();

    world.store.end(session.handle());

    assertThat(world.events).containsExactly(ended(session, NOBODY, Cause.REVOKED));
  }

  @Test
  void loginBeyondTheLimit_isToldOfTheOldest() {
    OpenSession<Account> oldest = loggedIn();
    OpenSession<Account> newest = world.open();
    newest.login("anna");
    newest.complete();

    assertThat(world.events)
        .containsExactly(
            ended(oldest, ANNA, Cause.LIMIT),
            new SessionCreated(newest.handle(), world.clock.instant(), ANNA));
  }

  @Test
  void conflict_isTold() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> late = world.open(cookie);
    late.set(Account.EMPTY.addRight(1));
    OpenSession<Account> faster = world.open(cookie);
    faster.update(account -> account.addLeft(1));
    faster.complete();
    world.events.clear();

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(late::complete);

    assertThat(world.events)
        .containsExactly(new SessionConflicted(late.handle(), world.clock.instant(), NOBODY));
  }
}
