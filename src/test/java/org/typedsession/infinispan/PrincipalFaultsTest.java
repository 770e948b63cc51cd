package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionHandle;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionLimitException;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.SessionSummary;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.MembershipLease;
import org.typedsession.infinispan.container.StandardCacheConfiguration;
import org.typedsession.spi.OpenSession;
import org.typedsession.testing.FigureFile;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Race;
import org.typedsession.testkit.Seed;

/** The sessions of principals on three members, of which some are away. */
final class PrincipalFaultsTest {
  private static final FigureFile FIGURES =
      FigureFile.of(
          "principals",
          "mode,story,rounds,logins that succeeded,refused,more than the limit,fewer");
  private static final MembershipLease.Timing LEASE =
      new MembershipLease.Timing(Duration.ofSeconds(3), Duration.ofMillis(200));
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROUNDS = Integer.getInteger("contract.rounds", 500) / 5;
  private static final int LOGINS = 10;
  private static final int LIMIT = 3;
  private static final int SESSIONS = 30;

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private final ConcurrentLinkedQueue<SessionCookieValue> issued = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void beginFigures() {
    FIGURES.clear();
  }

  private DefaultSessionStore<Account> store(Node node, Optional<SessionLimit> limit) {
    return new DefaultSessionStore<>(
        new DefaultSessionStore.Parts<>(
            new InfinispanSessionStoreConnector<>(
                node.cache(), "p", new AccountCodec(), clock, random, Duration.ofMinutes(15)),
            new AccountCodec(),
            PrivilegeRule.of(Account.class),
            () -> Account.EMPTY,
            SessionPolicy.builder().limit(limit).build(),
            preferred -> {
              SessionCookieValue value = cookies.next(preferred);
              issued.add(value);
              return value;
            },
            clock,
            random,
            event -> {}));
  }

  private List<DefaultSessionStore<Account>> stores(
      SimulatedCluster cluster, Optional<SessionLimit> limit) {
    List<DefaultSessionStore<Account>> stores =
        cluster.nodes().stream().map(node -> store(node, limit)).toList();
    stores.forEach(PrincipalFaultsTest::awaitServing);
    return stores;
  }

  private static void awaitServing(DefaultSessionStore<Account> store) {
    Awaitility.await("a node to serve")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(store.count("nobody")).isZero());
  }

  private static SessionCookieValue begin(DefaultSessionStore<Account> store) {
    return cookie(store.store(store.create(Account.EMPTY)));
  }

  private static SessionCookieValue cookie(SessionCookieCommand command) {
    assertThat(command).isInstanceOf(SessionCookieCommand.Set.class);
    return ((SessionCookieCommand.Set) command).cookieValue();
  }

  private static SessionCookieCommand login(
      DefaultSessionStore<Account> store, SessionCookieValue cookie, String name) {
    OpenSession<Account> session = store.open(List.of(cookie.reveal()));
    session.login(name);
    return session.complete();
  }

  private static boolean isLive(DefaultSessionStore<Account> store, SessionCookieValue cookie) {
    return !store.open(List.of(cookie.reveal())).isNew();
  }

  @ParameterizedTest
  @CsvSource({
    "PLAIN, END_OLDEST",
    "PLAIN, REFUSE",
    "PESSIMISTIC, END_OLDEST",
    "PESSIMISTIC, REFUSE"
  })
  void logins_tenAtOnceOnThreeMembers_threeLive(Members.Mode mode, WhenReached whenReached) {
    Optional<SessionLimit> limit = Optional.of(new SessionLimit(LIMIT, whenReached));
    int succeeded = 0;
    int refused = 0;
    int more = 0;
    int fewer = 0;
    try (SimulatedCluster cluster =
        new SimulatedCluster(mode.configuration(true), false, 3, LEASE, 3)) {
      List<DefaultSessionStore<Account>> stores = stores(cluster, limit);
      for (int round = 0; round < ROUNDS; round++) {
        String name = "user " + round;
        List<Callable<SessionCookieCommand>> parties = new ArrayList<>();
        List<SessionCookieValue> anonymous = new ArrayList<>();
        for (int i = 0; i < LOGINS; i++) {
          anonymous.add(begin(stores.get(i % 3)));
        }
        issued.clear();
        for (int i = 0; i < LOGINS; i++) {
          DefaultSessionStore<Account> store = stores.get((i + round) % 3);
          SessionCookieValue cookie = anonymous.get(i);
          parties.add(() -> login(store, cookie, name));
        }
        boolean decided = true;
        for (Race.Outcome<SessionCookieCommand> outcome : Race.run(round, parties)) {
          if (outcome.threw(SessionLimitException.class)
              || outcome.threw(SessionConflictException.class)) {
            refused++;
          } else if (outcome.threw(SessionStoreUnavailableException.class)) {
            decided = false;
          } else {
            cookie(outcome.value());
            succeeded++;
          }
        }
        Set<SessionHandle> live = live(stores);
        more += live.size() > LIMIT ? 1 : 0;
        fewer += decided && live.size() < LIMIT ? 1 : 0;
      }
    }
    FIGURES.append(
        "%s,ten logins on three members with limit 3 and %s,%d,%d,%d,%d,%d"
            .formatted(mode, whenReached, ROUNDS, succeeded, refused, more, fewer));
    assertThat(more).as("rounds with more than the limit").isZero();
    assertThat(fewer).as("rounds with fewer than the limit").isZero();
  }

  private Set<SessionHandle> live(List<DefaultSessionStore<Account>> stores) {
    Set<SessionHandle> live = new HashSet<>();
    for (SessionCookieValue cookie : issued) {
      for (DefaultSessionStore<Account> store : stores) {
        OpenSession<Account> session = store.open(List.of(cookie.reveal()));
        if (!session.isNew()) {
          live.add(session.handle());
        }
      }
    }
    return live;
  }

  @Test
  void endAll_whileANodeIsCutOff_holdsThereWhenItIsBack() {
    try (SimulatedCluster cluster =
        new SimulatedCluster(Members.Mode.PLAIN.configuration(true), false, 3, LEASE, 3)) {
      List<Node> nodes = cluster.nodes();
      List<DefaultSessionStore<Account>> stores = stores(cluster, Optional.empty());
      DefaultSessionStore<Account> cutOff = stores.get(2);
      List<SessionCookieValue> sessions = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        sessions.add(cookie(login(cutOff, begin(cutOff), "anna")));
      }
      SessionCookieValue stranger = cookie(login(cutOff, begin(cutOff), "bert"));
      OpenSession<Account> write = cutOff.open(List.of(sessions.get(0).reveal()));
      write.update(account -> account.addLeft(1));
      OpenSession<Account> newId = cutOff.open(List.of(sessions.get(1).reveal()));
      newId.rotateId();
      OpenSession<Account> another = cutOff.open(List.of(sessions.get(2).reveal()));
      another.login("carl");

      cluster.split(List.of(nodes.subList(0, 2), nodes.subList(2, 3)));
      cluster.awaitLeaseOver();
      cluster.notice(nodes.subList(0, 2));
      Awaitility.await("the majority to go on")
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(SessionStoreUnavailableException.class)
          .untilAsserted(() -> assertThat(stores.get(0).count("anna")).isEqualTo(SESSIONS));
      stores.get(0).endAll("anna");

      assertThatExceptionOfType(SessionStoreUnavailableException.class)
          .isThrownBy(() -> isLive(cutOff, sessions.get(3)));
      cluster.notice(nodes.subList(2, 3));
      assertThatExceptionOfType(SessionStoreUnavailableException.class)
          .isThrownBy(() -> isLive(cutOff, sessions.get(3)));
      cluster.heal();
      stores.forEach(PrincipalFaultsTest::awaitServing);

      // What was under way on that node all the time.
      List.of(write, newId, another)
          .forEach(
              late ->
                  assertThatExceptionOfType(SessionConflictException.class)
                      .isThrownBy(late::complete));
      assertThat(live(stores)).hasSize(1);
      stores.forEach(store -> assertThat(isLive(store, stranger)).isTrue());
      stores.forEach(store -> assertThat(store.count("carl")).isZero());
    }
  }

  @Test
  void load_entryThatIsGone_servesNoneOfItsSessions() {
    try (SimulatedCluster cluster =
        new SimulatedCluster(Members.Mode.PLAIN.configuration(true), false, 3, LEASE, 3)) {
      List<DefaultSessionStore<Account>> stores = stores(cluster, Optional.empty());
      SessionCookieValue anonymous = begin(stores.get(0));
      SessionCookieValue anna = cookie(login(stores.get(0), begin(stores.get(0)), "anna"));
      var cache = cluster.nodes().get(0).cache().cache();
      cache.keySet().stream()
          .filter(key -> key.startsWith("puser/"))
          .toList()
          .forEach(cache::remove);

      stores.forEach(store -> assertThat(isLive(store, anna)).isFalse());
      stores.forEach(store -> assertThat(isLive(store, anonymous)).isTrue());
      assertThat(isLive(stores.get(1), cookie(login(stores.get(0), anonymous, "anna")))).isTrue();
    }
  }

  /** Where both sides of a split go on, what was ended on either stays so, and nobody else is. */
  @Test
  void heal_servedOnBothSides_endsHoldAndLoginsLive() {
    try (SimulatedCluster cluster =
        new SimulatedCluster(StandardCacheConfiguration.standard(true, true), true, 2, LEASE, 1)) {
      List<Node> nodes = cluster.nodes();
      List<DefaultSessionStore<Account>> stores = stores(cluster, Optional.empty());
      List<SessionCookieValue> ended = new ArrayList<>();
      List<SessionCookieValue> living = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        ended.add(cookie(login(stores.get(i % 2), begin(stores.get(i % 2)), "ended " + i)));
        living.add(cookie(login(stores.get(i % 2), begin(stores.get(i % 2)), "both " + i)));
      }

      cluster.split(List.of(nodes.subList(0, 1), nodes.subList(1, 2)));
      cluster.notice(nodes.subList(0, 1));
      cluster.notice(nodes.subList(1, 2));
      for (int i = 0; i < SESSIONS; i++) {
        int side = i / 2 % 2;
        Awaitility.await("both sides to go on")
            .atMost(PATIENCE)
            .ignoreExceptionsInstanceOf(SessionStoreUnavailableException.class)
            .until(() -> stores.get(0).count("nobody") + stores.get(1).count("nobody") == 0);
        stores.get(side).endAll("ended " + i);
        // Each side lets somebody in, under the same number.
        living.add(cookie(login(stores.get(0), begin(stores.get(0)), "both " + i)));
        living.add(cookie(login(stores.get(1), begin(stores.get(1)), "both " + i)));
      }
      cluster.heal();

      Awaitility.await("the ends to reach both sides")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  stores.forEach(
                      store -> assertThat(ended).noneMatch(cookie -> isLive(store, cookie))));
      stores.forEach(store -> assertThat(living).allMatch(cookie -> isLive(store, cookie)));
      for (int i = 0; i < SESSIONS; i++) {
        assertThat(stores.get(i % 2).sessions("both " + i).map(SessionSummary::handle))
            .hasSize(3)
            .doesNotHaveDuplicates();
      }
    }
  }
}
