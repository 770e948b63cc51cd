package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.StoreSize;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.testing.Logs;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.SequentialCookieGenerator;

/** What a full store refuses, and what it goes on doing. */
final class StoreLimitsTest {
  private final MutableClock clock = new MutableClock();
  private final List<SessionEvent> events = new ArrayList<>();

  private DefaultSessionStore<Account> limited(StoreLimits limits, SessionPolicy policy) {
    Random random = Seed.random();
    return new DefaultSessionStore<>(
        new DefaultSessionStore.Parts<>(
            new MemorySessionStoreConnector<>(
                new AccountCodec(),
                clock,
                () -> SessionHandle.random(random),
                new TombstonePolicy(Duration.ofMinutes(15), policy.absoluteLifetime()),
                limits,
                events::add),
            new AccountCodec(),
            PrivilegeRule.of(Account.class),
            () -> Account.EMPTY,
            policy,
            new SequentialCookieGenerator(),
            clock,
            random,
            events::add));
  }

  private static String stored(DefaultSessionStore<Account> store) {
    return StoreInMemory.cookieValue(store.store(store.create(Account.EMPTY))).reveal();
  }

  private static void assertFull(DefaultSessionStore<Account> store) {
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> stored(store))
        .matches(SessionStoreUnavailableException::isFull);
  }

  private static void change(DefaultSessionStore<Account> store, String cookie) {
    OpenSession<Account> session = store.open(List.of(cookie));
    session.update(data -> data.addLeft(1));
    session.complete();
  }

  @Test
  void create_asManyAsThereMayBe_isRefusedAndThoseThatLiveGoOn() {
    DefaultSessionStore<Account> store =
        limited(new StoreLimits(OptionalInt.of(2), OptionalInt.empty()), SessionPolicy.DEFAULT);
    String first = stored(store);
    String second = stored(store);

    assertFull(store);

    change(store, first);
    change(store, second);
    assertThat(store.load(first).data()).isEqualTo(Account.EMPTY.addLeft(1));
    assertThat(store.load(second).data()).isEqualTo(Account.EMPTY.addLeft(1));
    assertThat(store.size()).contains(new StoreSize(2, 0));
    assertThat(store.statistics().unavailable()).isOne();
    assertThat(store.readiness()).isEqualTo(new Readiness.Ready());
  }

  @Test
  void create_aSessionEndedOrExpired_hasRoom() {
    DefaultSessionStore<Account> store =
        limited(new StoreLimits(OptionalInt.of(1), OptionalInt.empty()), SessionPolicy.DEFAULT);
    OpenSession<Account> session = store.open(List.of(stored(store)));
    assertFull(store);

    session.delete();
    session.complete();
    stored(store);
    assertFull(store);

    clock.advance(Duration.ofMinutes(31));
    assertThat(store.load(stored(store)).isNew()).isFalse();
  }

  @Test
  void create_fullStoreAndLimitOfThePrincipal_endsNoneOfTheirs() {
    DefaultSessionStore<Account> store =
        limited(
            new StoreLimits(OptionalInt.of(1), OptionalInt.empty()),
            SessionPolicy.builder()
                .limit(new SessionLimit(1, SessionLimit.WhenReached.END_OLDEST))
                .build());
    Session<Account> first = store.create(Account.EMPTY);
    first.login("anna");
    String cookie = StoreInMemory.cookieValue(store.store(first)).reveal();
    Session<Account> second = store.create(Account.EMPTY);
    second.login("anna");

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> store.store(second));

    assertThat(store.load(cookie).isNew()).isFalse();
  }

  @Test
  void create_refusedOftenInAMinute_isOneLine() {
    DefaultSessionStore<Account> store =
        limited(new StoreLimits(OptionalInt.of(1), OptionalInt.empty()), SessionPolicy.DEFAULT);
    stored(store);
    try (Logs logs = new Logs()) {
      for (int i = 0; i < 10; i++) {
        assertFull(store);
      }
      clock.advance(Duration.ofMinutes(1));
      assertFull(store);

      assertThat(logs.warnings())
          .hasSize(2)
          .allMatch(line -> line.startsWith("TSESS0057: ") && line.contains("maximum-sessions"));
    }
  }

  @Test
  void rotateId_asOftenAsItMay_isRefusedAndTheSessionGoesOn() {
    DefaultSessionStore<Account> store =
        limited(new StoreLimits(OptionalInt.empty(), OptionalInt.of(3)), SessionPolicy.DEFAULT);
    String cookie = stored(store);
    for (int i = 0; i < 3; i++) {
      OpenSession<Account> session = store.open(List.of(cookie));
      session.rotateId();
      cookie = StoreInMemory.cookieValue(session.complete()).reveal();
      change(store, cookie);
    }
    assertThat(store.size()).contains(new StoreSize(1, 3));
    OpenSession<Account> fourth = store.open(List.of(cookie));
    fourth.rotateId();

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(fourth::complete)
        .matches(SessionStoreUnavailableException::isFull)
        .withMessageContaining("maximum-rotations");

    change(store, cookie);
    assertThat(store.load(cookie).data()).isEqualTo(Account.EMPTY.addLeft(4));
    OpenSession<Account> last = store.open(List.of(cookie));
    last.delete();
    last.complete();
    assertThat(store.load(cookie).isNew()).isTrue();
  }

  @Test
  void login_sessionThatCannotRotateAndLimitOfThePrincipal_endsNoneOfTheirs() {
    DefaultSessionStore<Account> store =
        limited(
            new StoreLimits(OptionalInt.empty(), OptionalInt.of(1)),
            SessionPolicy.builder()
                .limit(new SessionLimit(1, SessionLimit.WhenReached.END_OLDEST))
                .build());
    Session<Account> first = store.create(Account.EMPTY);
    first.login("anna");
    String cookie = StoreInMemory.cookieValue(store.store(first)).reveal();
    OpenSession<Account> second = store.open(List.of(stored(store)));
    second.rotateId();
    String worn = StoreInMemory.cookieValue(second.complete()).reveal();
    OpenSession<Account> login = store.open(List.of(worn));
    login.login("anna");

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(login::complete)
        .matches(SessionStoreUnavailableException::isFull)
        .withMessageContaining("maximum-rotations");

    assertThat(store.load(cookie).isNew()).isFalse();
    assertThat(store.count("anna")).isOne();
    assertThat(events).noneMatch(SessionEvent.SessionEnded.class::isInstance);
  }

  /** Otherwise every request of the new user would be refused, reads too. */
  @Test
  void complete_newUserOfASessionThatCannotRotate_endsIt() {
    DefaultSessionStore<Account> store =
        limited(new StoreLimits(OptionalInt.empty(), OptionalInt.of(1)), SessionPolicy.DEFAULT);
    OpenSession<Account> first = store.open(List.of(stored(store)));
    first.rotateId();
    String cookie = StoreInMemory.cookieValue(first.complete()).reveal();
    OpenSession<Account> login = store.open(List.of(cookie));
    login.principal("anna");
    assertThat(login.data()).isEqualTo(store.load(cookie).data());

    assertThat(login.complete()).isEqualTo(SessionCookieCommand.Delete.INSTANCE);

    assertThat(store.load(cookie).isNew()).isTrue();
  }

  @Test
  void limits_notPositive_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StoreLimits(OptionalInt.of(0), OptionalInt.empty()))
        .withMessageContaining("maximum-sessions");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StoreLimits(OptionalInt.empty(), OptionalInt.of(-1)))
        .withMessageContaining("maximum-rotations");
  }
}
