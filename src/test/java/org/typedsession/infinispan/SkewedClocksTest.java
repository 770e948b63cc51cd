package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionPolicy;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.OpenSession;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/**
 * Lifetimes on two nodes, of which one has a clock that is wrong by a minute: a session may live by
 * so much shorter or longer, and not more.
 */
final class SkewedClocksTest {
  private static final SessionPolicy POLICY = SessionPolicy.DEFAULT;
  private static final Duration IDLE = POLICY.timeToLive().orElseThrow();
  private static final Duration ABSOLUTE = POLICY.absoluteLifetime().orElseThrow();
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final Duration TICK = Duration.ofMillis(1);

  private static SimulatedCluster cluster;

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private final String namespace = "skewed" + random.nextInt();

  @BeforeAll
  static void start() {
    cluster = SimulatedCluster.calm(Members.Mode.PLAIN.configuration(true), 2);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** The store of the node that is right, and of the one that is wrong by so many seconds. */
  private List<DefaultSessionStore<Account>> stores(long skew, SessionPolicy policy) {
    List<Node> nodes = cluster.nodes();
    return List.of(
        store(nodes.get(0), clock, policy),
        store(nodes.get(1), () -> clock.instant().plusSeconds(skew), policy));
  }

  private DefaultSessionStore<Account> store(Node node, InstantSource time, SessionPolicy policy) {
    return new DefaultSessionStore<>(
        new DefaultSessionStore.Parts<>(
            new InfinispanSessionStoreConnector<>(
                node.cache(), namespace, new AccountCodec(), time, random, Duration.ofMinutes(15)),
            new AccountCodec(),
            PrivilegeRule.of(Account.class),
            () -> Account.EMPTY,
            policy,
            cookies,
            time,
            random,
            event -> {}));
  }

  private static SessionCookieValue begin(DefaultSessionStore<Account> store) {
    return cookie(store.store(store.create(Account.EMPTY)));
  }

  private static SessionCookieValue cookie(SessionCookieCommand command) {
    assertThat(command).isInstanceOf(SessionCookieCommand.Set.class);
    return ((SessionCookieCommand.Set) command).cookieValue();
  }

  private static OpenSession<Account> open(
      DefaultSessionStore<Account> store, SessionCookieValue cookie) {
    return store.open(List.of(cookie.reveal()));
  }

  private static boolean isLive(DefaultSessionStore<Account> store, SessionCookieValue cookie) {
    return !open(store, cookie).isNew();
  }

  @ParameterizedTest
  @ValueSource(longs = {-60, 60})
  void idle_unusedSession_endsWithinTheSkew(long skew) {
    List<DefaultSessionStore<Account>> stores = stores(skew, POLICY);
    SessionCookieValue ofRight = begin(stores.get(0));
    SessionCookieValue ofWrong = begin(stores.get(1));

    clock.advance(IDLE.minus(SKEW).minus(TICK));
    for (DefaultSessionStore<Account> store : stores) {
      assertThat(isLive(store, ofRight)).isTrue();
      assertThat(isLive(store, ofWrong)).isTrue();
    }
    clock.advance(SKEW.multipliedBy(2).plus(TICK));
    for (DefaultSessionStore<Account> store : stores) {
      assertThat(isLive(store, ofRight)).isFalse();
      assertThat(isLive(store, ofWrong)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-60, 60})
  void absolute_sessionInSteadyUse_endsWithinTheSkew(long skew) {
    List<DefaultSessionStore<Account>> stores = stores(skew, POLICY);
    for (int first = 0; first < 2; first++) {
      Instant begin = clock.instant();
      SessionCookieValue cookie = begin(stores.get(first));
      int requests = 0;
      while (clock.instant().isBefore(begin.plus(ABSOLUTE).minus(SKEW))) {
        OpenSession<Account> session = open(stores.get(requests % 2), cookie);
        assertThat(session.isNew()).as("after %d requests", requests).isFalse();
        requests++;
        if (requests % 7 == 0) {
          session.rotateId();
          cookie = cookie(session.complete());
        } else {
          session.complete();
        }
        clock.advance(Duration.ofMinutes(5));
      }

      clock.moveTo(begin.plus(ABSOLUTE).plus(SKEW));
      for (DefaultSessionStore<Account> store : stores) {
        assertThat(isLive(store, cookie)).isFalse();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-60, 60})
  void authenticated_onTheOtherNode_countsWithinTheSkew(long skew) {
    List<DefaultSessionStore<Account>> stores = stores(skew, POLICY);
    OpenSession<Account> login = open(stores.get(1), begin(stores.get(1)));
    login.login("anna");
    SessionCookieValue cookie = cookie(login.complete());
    Duration atMost = Duration.ofMinutes(5);

    clock.advance(atMost.minus(SKEW));
    for (DefaultSessionStore<Account> store : stores) {
      assertThat(open(store, cookie).isAuthenticatedWithin(atMost)).isTrue();
    }
    clock.advance(SKEW.multipliedBy(2).plus(TICK));
    for (DefaultSessionStore<Account> store : stores) {
      assertThat(open(store, cookie).isAuthenticatedWithin(atMost)).isFalse();
    }
  }

  /** A fast clock must not take a place from a session that lives by the right one. */
  @ParameterizedTest
  @ValueSource(longs = {-60, 60})
  void limit_sessionAboutToEnd_isNotTakenForOneThatHas(long skew) {
    SessionPolicy unbounded =
        POLICY.toBuilder()
            .timeToLive(ABSOLUTE)
            .limit(new SessionLimit(2, WhenReached.END_OLDEST))
            .build();
    List<DefaultSessionStore<Account>> stores = stores(skew, unbounded);
    OpenSession<Account> first = open(stores.get(0), begin(stores.get(0)));
    first.login("anna");
    SessionCookieValue old = cookie(first.complete());
    clock.advance(ABSOLUTE.minus(SKEW).minus(TICK));

    OpenSession<Account> second = open(stores.get(1), begin(stores.get(1)));
    second.login("anna");
    SessionCookieValue young = cookie(second.complete());

    assertThat(isLive(stores.get(0), old)).isTrue();
    assertThat(isLive(stores.get(0), young)).isTrue();
  }
}
