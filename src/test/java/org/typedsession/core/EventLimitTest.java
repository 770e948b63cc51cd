package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.OpenSession;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.SequentialCookieGenerator;

/** How many events a client can bring about by presenting old ids. */
final class EventLimitTest {
  private static final int REQUESTS = 100;

  private final MutableClock clock = new MutableClock();
  private final List<SessionEvent> events = new ArrayList<>();
  private final List<String> cookies = new ArrayList<>();

  private DefaultSessionStore<Account> store(Consumer<SessionEvent> observer) {
    Random random = Seed.random();
    return new DefaultSessionStore<>(
        new DefaultSessionStore.Parts<>(
            new MemorySessionStoreConnector<>(
                new AccountCodec(),
                clock,
                () -> SessionHandle.random(random),
                Duration.ofMinutes(15)),
            new AccountCodec(),
            PrivilegeRule.of(Account.class),
            () -> Account.EMPTY,
            SessionPolicy.DEFAULT,
            new SequentialCookieGenerator(),
            clock,
            random,
            observer));
  }

  private void rotateOften(DefaultSessionStore<Account> store) {
    cookies.add(StoreInMemory.cookieValue(store.store(store.create(Account.EMPTY))).reveal());
    for (int i = 0; i < 5; i++) {
      OpenSession<Account> session = store.open(List.of(cookies.get(i)));
      session.rotateId();
      cookies.add(StoreInMemory.cookieValue(session.complete()).reveal());
    }
    clock.advance(Duration.ofMinutes(5));
    events.clear();
  }

  @Test
  void open_fiveOldCookiesAgainAndAgain_isOneEventAMinute() {
    DefaultSessionStore<Account> store = store(events::add);
    rotateOften(store);

    for (int i = 0; i < REQUESTS; i++) {
      store.open(cookies.subList(0, 5));
    }
    assertThat(events).singleElement().isInstanceOf(SessionEvent.SessionReplayed.class);
    clock.advance(EventLimit.INTERVAL);
    store.open(cookies.subList(0, 5));

    assertThat(events).hasSize(2);
    assertThat(store.statistics().replays()).isEqualTo(5L * (REQUESTS + 1));
  }

  @Test
  void open_observerThatOpensTheSameSession_isToldOnce() {
    List<DefaultSessionStore<Account>> self = new ArrayList<>();
    DefaultSessionStore<Account> store =
        store(
            event -> {
              events.add(event);
              self.forEach(each -> each.load(cookies.get(0)));
            });
    rotateOften(store);
    self.add(store);

    store.open(cookies.subList(0, 5));

    assertThat(events).singleElement().isInstanceOf(SessionEvent.SessionReplayed.class);
  }

  @Test
  void admits_manySessions_isBoundedAndForgetsOldOnes() {
    EventLimit limit = new EventLimit(clock);
    int admitted = 0;
    for (int i = 0; i < 2 * EventLimit.MOST_SESSIONS; i++) {
      admitted += limit.admits(new SessionHandle(1, i)) ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(EventLimit.MOST_SESSIONS);
    assertThat(limit.admits(new SessionHandle(1, 0))).isFalse();

    clock.advance(EventLimit.INTERVAL);

    assertThat(limit.admits(new SessionHandle(2, 0))).isTrue();
    assertThat(limit.admits(new SessionHandle(1, 0))).isTrue();
    assertThat(limit.admits(new SessionHandle(1, 0))).isFalse();
  }
}
