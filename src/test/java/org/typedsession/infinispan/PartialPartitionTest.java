package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.RemapTrial.Subject;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.MembershipLease;
import org.typedsession.infinispan.cluster.MembershipLease.Rule;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testing.Campaign;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Seed;

/** Some nodes do not hear each other, and others hear both. */
final class PartialPartitionTest {
  private static final Duration LEASE = Duration.ofMillis(600);
  private static final Duration INTERVAL = Duration.ofMillis(50);

  /** What a lease asked for once: that the node was not alone. */
  private static final Rule ANY_MAJORITY =
      (heard, needed) -> Arrays.stream(heard).sorted().toArray()[heard.length - needed];

  private static final Rule EVERYBODY = (heard, needed) -> Arrays.stream(heard).min().orElseThrow();
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final int SESSIONS =
      Campaign.lengthened(Integer.getInteger("faults.partial", 1_000));
  private static final int ENOUGH_TO_FIND_OUT = 5_000;
  private static final int BATCH = 100;
  // Failure detection, the new view, and the topology after it.
  private static final long ROUND = SimulatedCluster.DETECTION.plusMillis(1_500).toNanos();

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final RemapTrial.Connecting connecting =
      RemapTrial.Connecting.ofTheLibrary(namespace, random);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** The eldest two of three do not hear each other; either may be the one who is left out. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void owner_leftOutByOneOfTwoWhoHearTheThird_showsNothingOld(int leftOut) {
    try (SimulatedCluster cluster = scripted(Rule.ELDEST)) {
      List<Node> nodes = cluster.nodes();
      Node out = nodes.get(leftOut);
      Node other = nodes.get(1 - leftOut);
      SessionStoreConnector<Account> behind = connecting.over(out.cache());
      SessionStoreConnector<Account> ahead = connecting.over(other.cache());
      List.of(behind, ahead).forEach(PartialPartitionTest::awaitReady);
      SessionId id = created(behind);
      cut(cluster, out, other);
      cluster.awaitLeaseOver();

      assertThat(behind.readiness()).isInstanceOf(Readiness.NotReady.class);

      cluster.notice(List.of(other, nodes.get(2)));
      awaitReady(ahead);
      SessionId successor = remapped(ahead, id);

      assertRefuses(behind, id);
      assertRefuses(behind, successor);
      assertThat(ahead.lookUpSession(successor)).isInstanceOf(SessionLookup.Live.class);
    }
  }

  /**
   * Each of two who do not hear each other leads a view without the other, and the third follows
   * neither yet: what it confirmed until then is not for their views.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void leader_whomNobodyFollows_showsNothing(int leading) {
    try (SimulatedCluster cluster = scripted(Rule.ELDEST)) {
      List<Node> nodes = cluster.nodes();
      Node leader = nodes.get(leading);
      SessionStoreConnector<Account> store = connecting.over(leader.cache());
      awaitReady(store);
      cut(cluster, leader, nodes.get(1 - leading));
      cluster.awaitLeaseOver();
      cluster.notice(leader, List.of(leader, nodes.get(2)));

      long begin = System.nanoTime();
      while (System.nanoTime() - begin < LEASE.multipliedBy(2).toNanos()) {
        assertThat(store.readiness()).isInstanceOf(Readiness.NotReady.class);
        LockSupport.parkNanos(LOOK.toNanos());
      }
      assertRefuses(store, cookies.next(Placement.ANYWHERE).id());
    }
  }

  /** Nobody leaves anybody out: the eldest hears all. */
  @Test
  void younger_whoDoNotHearEachOther_goOn() {
    try (SimulatedCluster cluster = scripted(Rule.ELDEST)) {
      List<Node> nodes = cluster.nodes();
      List<SessionStoreConnector<Account>> stores =
          nodes.stream().map(node -> connecting.over(node.cache())).toList();
      stores.forEach(PartialPartitionTest::awaitReady);
      cut(cluster, nodes.get(1), nodes.get(2));
      cluster.awaitLeaseOver();

      // A pause of the machine may be longer than a lease: then it is held again.
      Awaitility.await()
          .until(
              () ->
                  stores.stream().allMatch(store -> store.readiness() instanceof Readiness.Ready));
    }
  }

  @Tag("chaos")
  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void operations_whileSomeDoNotHearEachOther_holdWhatWasAcknowledged(
      int members, TestReporter reporter) {
    FaultFigures figures = campaign(members, Rule.ELDEST, soFar -> soFar.sessions() < SESSIONS);
    figures.publish("partial-partitions", "PLAIN", members + " members");
    figures.report("%d members, of which some do not hear each other".formatted(members));
    reporter.publishEntry("partial partition of " + members, figures.toString());

    assertThat(figures.acknowledged()).isPositive();
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /** Otherwise the test above would show nothing. */
  @Tag("chaos")
  @Test
  void operations_whereAnyMajorityMakesALease_areFoundOut(TestReporter reporter) {
    FaultFigures figures =
        campaign(
            3, ANY_MAJORITY, soFar -> soFar.broken() == 0 && soFar.sessions() < ENOUGH_TO_FIND_OUT);
    figures.publish("partial-partitions", "any majority", "3 members");
    figures.report("leases of any majority, which must be found out");
    reporter.publishEntry("partial partition, any majority", figures.toString());

    assertThat(figures.broken()).as(figures.toString()).isPositive();
  }

  /** What the rule costs, and what the other safe one would, of which every member is a part. */
  @Tag("chaos")
  @Test
  void members_whileOneIsPaused_refuseAsFewAsTheRuleAllows(TestReporter reporter) {
    Map<Integer, List<Long>> eldest = refusals(Rule.ELDEST);
    Map<Integer, List<Long>> all = refusals(EVERYBODY);
    reporter.publishEntry(
        "milliseconds refused, by the rank of the paused, eldest", eldest.toString());
    reporter.publishEntry("milliseconds refused, by the rank of the paused, all", all.toString());

    assertThat(all.values()).allSatisfy(times -> assertThat(times).allMatch(time -> time > 0));
    // The third of three is needed by nobody, the second by the eldest alone. None of the time, but
    // for what a busy machine keeps threads waiting.
    assertThat(eldest.get(2)).allMatch(time -> time < least(all.get(2)) / 2);
    assertThat(eldest.get(1)).element(1).matches(time -> time < least(all.get(1)) / 2);
  }

  private static long least(List<Long> times) {
    return times.stream().mapToLong(time -> time).min().orElseThrow();
  }

  /** For each of three members how long the others refuse while it is silent, in their order. */
  private Map<Integer, List<Long>> refusals(Rule rule) {
    Map<Integer, List<Long>> refusals = new TreeMap<>();
    for (int rank = 0; rank < 3; rank++) {
      try (SimulatedCluster cluster =
          SimulatedCluster.detecting(
              RemapFaultsTest.quick(Members.Mode.PLAIN.configuration(true)),
              3,
              new MembershipLease.Timing(LEASE, INTERVAL, rule))) {
        refusals.put(rank, refusals(cluster, rank));
      }
    }
    return refusals;
  }

  private List<Long> refusals(SimulatedCluster cluster, int rank) {
    List<Node> others = new ArrayList<>(cluster.nodes());
    Node paused = others.remove(rank);
    List<SessionStoreConnector<Account>> stores =
        others.stream().map(node -> connecting.over(node.cache())).toList();
    stores.forEach(PartialPartitionTest::awaitReady);
    cluster.split(List.of(others, List.of(paused)));
    long[] refused = new long[stores.size()];
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < ROUND) {
      for (int i = 0; i < refused.length; i++) {
        refused[i] += stores.get(i).readiness() instanceof Readiness.Ready ? 0 : LOOK.toMillis();
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    assertThat(stores)
        .as("once the silent one is given up")
        .allMatch(store -> store.readiness() instanceof Readiness.Ready);
    return Arrays.stream(refused).boxed().toList();
  }

  private FaultFigures campaign(int members, Rule rule, Predicate<FaultFigures> goOn) {
    FaultFigures figures = new FaultFigures();
    RemapTrial trial =
        new RemapTrial(cookies, connecting, figures, RemapTrial.Use.EVERYTHING, namespace);
    try (SimulatedCluster cluster =
        SimulatedCluster.detecting(
            RemapFaultsTest.quick(Members.Mode.PLAIN.configuration(true)),
            members,
            new MembershipLease.Timing(LEASE, INTERVAL, rule))) {
      do {
        strike(cluster, trial);
        trial.forget(cluster.nodes());
      } while (goOn.test(figures));
    }
    return figures;
  }

  private void strike(SimulatedCluster cluster, RemapTrial trial) {
    List<Node> nodes = cluster.nodes();
    nodes.forEach(node -> awaitReady(connecting.over(node.cache())));
    List<Subject> subjects = trial.begin(BATCH, nodes);
    cutSome(cluster);
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (Subject subject : subjects) {
      for (int client = 0; client < trial.use().clients(); client++) {
        clients.add(sometime(() -> trial.use(subject, any(nodes), nodes)));
        clients.add(sometime(() -> trial.look(subject, nodes)));
      }
    }
    clients.forEach(CompletableFuture::join);
    cluster.network().heal();
    cluster.awaitWhole();
    trial.verify(subjects, nodes);
  }

  // The members are in the order of the view, mostly; the eldest are part of it half of the time.
  private void cutSome(SimulatedCluster cluster) {
    List<Node> nodes = new ArrayList<>(cluster.nodes());
    int cuts = 1 + random.nextInt(nodes.size() - 2);
    for (int i = 0; i < cuts; i++) {
      Node one = i == 0 && random.nextBoolean() ? nodes.get(0) : any(nodes);
      Node other = any(nodes.stream().filter(node -> node != one).toList());
      if (random.nextInt(4) == 0) {
        cluster.network().cut(one.address(), other.address());
      } else {
        cut(cluster, one, other);
      }
    }
  }

  private static void cut(SimulatedCluster cluster, Node one, Node other) {
    cluster.network().cut(one.address(), other.address());
    cluster.network().cut(other.address(), one.address());
  }

  private CompletableFuture<Void> sometime(Runnable client) {
    long delay = (long) (random.nextDouble() * ROUND);
    return CompletableFuture.runAsync(
        client, CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS, threads));
  }

  private Node any(List<Node> nodes) {
    return nodes.get(Seed.shared().nextInt(nodes.size()));
  }

  private static SimulatedCluster scripted(Rule rule) {
    return new SimulatedCluster(
        Members.impatient(Members.Mode.PLAIN.configuration(true)),
        false,
        3,
        new MembershipLease.Timing(LEASE, INTERVAL, rule),
        1);
  }

  private static void awaitReady(SessionStoreConnector<Account> store) {
    Awaitility.await().until(() -> store.readiness() instanceof Readiness.Ready);
  }

  private static void assertRefuses(SessionStoreConnector<Account> store, SessionId id) {
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> store.lookUpSession(id));
  }

  private SessionId created(SessionStoreConnector<Account> store) {
    SessionId id = cookies.next(store.placement(null)).id();
    assertThat(store.createSession(id, SessionExpiry.never(), Account.EMPTY))
        .isInstanceOf(WriteSessionResult.Written.class);
    return id;
  }

  private SessionId remapped(SessionStoreConnector<Account> store, SessionId id) {
    SessionId successor = cookies.next(store.placement(id)).id();
    SessionLookup<Account> found = store.lookUpSession(id);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) found;
    assertThat(store.remapSession(successor, id, live, live.session()))
        .isInstanceOf(WriteSessionResult.Written.class);
    return successor;
  }
}
