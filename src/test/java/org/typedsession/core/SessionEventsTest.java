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
import org.typedsession.spi.RequestSession;
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

  private RequestSession<Account> loggedIn() {
    RequestSession<Account> session = world.open(world.stored(Account.EMPTY));
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
    RequestSession<Account> session = world.open();
    session.update(account -> account.addLeft(1));
    SessionCookieValue first = cookieValue(session.complete());
    RequestSession<Account> login = world.open(first);
    login.login("anna");
    SessionCookieValue second = cookieValue(login.complete());
    RequestSession<Account> rotation = world.open(second);
    rotation.rotateId();
    SessionCookieValue third = cookieValue(rotation.complete());
    RequestSession<Account> role = world.open(third);
    role.update(account -> account.withUser("administrator"));
    SessionCookieValue fourth = cookieValue(role.complete());
    RequestSession<Account> logout = world.open(fourth);
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
    RequestSession<Account> routine = world.open(cookie);
    routine.update(account -> account.addLeft(1));
    routine.complete();

    assertThat(world.connector.count(Operation.WRITE)).isEqualTo(2);
    assertThat(world.events).isEmpty();
  }

  @Test
  void logout_twice_isToldOnce() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    world.events.clear();
    RequestSession<Account> one = world.open(cookie);
    RequestSession<Account> other = world.open(cookie);
    SessionEnded logout = ended(one, NOBODY, Cause.LOGOUT);
    one.delete();
    other.delete();
    one.complete();
    other.complete();

    assertThat(world.events).containsExactly(logout);
  }

  @Test
  void unusedSession_isToldAsIdle() {
    RequestSession<Account> session = loggedIn();
    world.clock.advance(SessionPolicy.DEFAULT.timeToLive().orElseThrow());

    assertThat(session.stored()).isEmpty();
    assertThat(session.stored()).isEmpty();

    assertThat(world.events).containsExactly(ended(session, ANNA, Cause.IDLE));
  }

  @Test
  void sessionAtItsLongestLife_isToldAsAbsolute() {
    RequestSession<Account> session = loggedIn();
    session.expire(SessionExpiry.never());
    session.complete();
    world.clock.advance(SessionPolicy.DEFAULT.absoluteLifetime().orElseThrow());

    assertThat(session.stored()).isEmpty();

    assertThat(world.events).containsExactly(ended(session, ANNA, Cause.ABSOLUTE));
  }

  @Test
  void endAll_isToldAsRevoked() {
    RequestSession<Account> session = loggedIn();

    world.store.endAll("anna");
    world.store.endAll("anna");

    assertThat(world.events).containsExactly(ended(session, ANNA, Cause.REVOKED));
  }

  @Test
  void endAll_sessionThatCouldNotBeFreed_isToldWhenItIsFound() {
    RequestSession<Account> session = loggedIn();
    world.connector.fail(Operation.END);
    world.store.endAll("anna");
    assertThat(world.events).isEmpty();

    assertThat(session.stored()).isEmpty();

    assertThat(world.events).containsExactly(ended(session, ANNA, Cause.REVOKED));
  }

  @Test
  void endByHandle_isToldAsRevoked() {
    RequestSession<Account> session = loggedIn();

    world.store.end(session.handle());

    assertThat(world.events).containsExactly(ended(session, NOBODY, Cause.REVOKED));
  }

  @Test
  void loginBeyondTheLimit_isToldOfTheOldest() {
    RequestSession<Account> oldest = loggedIn();
    RequestSession<Account> newest = world.open();
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
    RequestSession<Account> late = world.open(cookie);
    late.set(Account.EMPTY.addRight(1));
    RequestSession<Account> faster = world.open(cookie);
    faster.update(account -> account.addLeft(1));
    faster.complete();
    world.events.clear();

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(late::complete);

    assertThat(world.events)
        .containsExactly(new SessionConflicted(late.handle(), world.clock.instant(), NOBODY));
  }
}
