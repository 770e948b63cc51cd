package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.remoting.transport.Address;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.CastOfThree;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionLookup.Live;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/**
 * Writes of which the primary owner has told one of two backups when it dies. It was asked for them
 * itself, so that nobody is left who would make them again.
 */
final class ManyCopiesRepairTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  // Asks once, so that no lease is lost while a node is silent.
  private static final MembershipLease.Timing ONCE =
      new MembershipLease.Timing(Duration.ofHours(1), Duration.ofHours(1));
  private static final Account FIRST = new Account("written-first", 1, 0);
  private static final Account SECOND = new Account("written-second", 2, 0);

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();

  @ParameterizedTest
  @CsvSource({"DIST_SYNC, 4", "REPL_SYNC, 3"})
  void remap_oneOfTwoBackupsTold_isTheSameOnAllCopies(CacheMode mode, int members) {
    try (SimulatedCluster cluster = cluster(mode, members)) {
      SessionStoreConnector<Account> connector = over(cluster.nodes().get(0));
      SessionId id = created(cluster, connector);
      SessionId successor = cookies.next(connector.placement(id)).id();
      Live<Account> live = live(connector, id);

      die(cluster, id, () -> connector.remapSession(successor, id, live, live.session()));

      // The caller is dead: where the one who was not told has become the primary owner it is
      // undone.
      boolean isMoved =
          over(cluster.nodes().get(0)).lookUpSession(id) instanceof SessionLookup.Moved<Account>;
      assertThat(cluster.nodes())
          .hasSize(members - 1)
          .allMatch(node -> over(node).lookUpSession(isMoved ? successor : id) instanceof Live)
          .noneMatch(node -> over(node).lookUpSession(isMoved ? id : successor) instanceof Live);
    }
  }

  @ParameterizedTest
  @CsvSource({"DIST_SYNC, 4", "REPL_SYNC, 3"})
  void write_oneOfTwoBackupsTold_isTheSameOnAllCopies(CacheMode mode, int members) {
    try (SimulatedCluster cluster = cluster(mode, members)) {
      SessionStoreConnector<Account> connector = over(cluster.nodes().get(0));
      SessionId id = created(cluster, connector);
      Live<Account> live = live(connector, id);

      die(cluster, id, () -> connector.writeSession(id, live, live.session().withData(SECOND)));

      assertThat(
              cluster.nodes().stream()
                  .map(node -> live(over(node), id).session().data())
                  .distinct())
          .hasSize(1)
          .containsAnyOf(FIRST, SECOND);
    }
  }

  private SimulatedCluster cluster(CacheMode mode, int members) {
    ConfigurationBuilder builder =
        new ConfigurationBuilder().read(Members.Mode.PLAIN.configuration(true));
    builder.clustering().cacheMode(mode).hash().numOwners(3);
    SimulatedCluster cluster = new SimulatedCluster(builder.build(), false, members, ONCE, 1);
    // Each node serves the store: one that does not repairs nothing of it.
    cluster.nodes().forEach(this::over);
    return cluster;
  }

  private SessionStoreConnector<Account> over(Node node) {
    SessionStoreConnector<Account> connector =
        new InfinispanSessionStoreConnector<>(
            node.cache(),
            CastOfThree.NAMESPACE,
            new AccountCodec(),
            clock,
            random,
            Duration.ofMinutes(15));
    await("a node to serve", () -> connector.readiness() instanceof Readiness.Ready);
    return connector;
  }

  /** A session of which the first node is the primary owner. */
  private SessionId created(SimulatedCluster cluster, SessionStoreConnector<Account> connector) {
    Node primary = cluster.nodes().get(0);
    SessionId id =
        Stream.generate(() -> cookies.next(Placement.ANYWHERE).id())
            .filter(candidate -> owners(primary, candidate).isPrimary())
            .findFirst()
            .orElseThrow();
    assertThat(connector.createSession(id, connector.newSession(SessionExpiry.never(), FIRST)))
        .isInstanceOf(WriteSessionResult.Written.class);
    return id;
  }

  private static DistributionInfo owners(Node asked, SessionId id) {
    return asked
        .advanced()
        .getDistributionManager()
        .getCacheTopology()
        .getDistribution(CastOfThree.key(id));
  }

  private static Address address(Node node) {
    return node.advanced().getRpcManager().getAddress();
  }

  @SuppressWarnings("unchecked") // asserted above the cast
  private static Live<Account> live(SessionStoreConnector<Account> connector, SessionId id) {
    SessionLookup<Account> found = connector.lookUpSession(id);
    assertThat(found).isInstanceOf(Live.class);
    return (Live<Account>) found;
  }

  /** Has the first node write, tell one of two backups, and die before the other hears of it. */
  private static void die(SimulatedCluster cluster, SessionId id, Supplier<?> write) {
    Node primary = cluster.nodes().get(0);
    List<Node> backups =
        cluster.nodes().stream()
            .filter(node -> owners(primary, id).writeBackups().contains(address(node)))
            .toList();
    Node told = backups.get(0);
    Node untold = backups.get(1);
    String before = CastOfThree.copy(untold, id);
    assertThat(CastOfThree.copy(told, id)).isNotNull().isEqualTo(before);
    Hold never = cluster.network().hold(primary.address(), untold.address(), CastOfThree.key(id));
    // It waits for an answer until long after this test.
    CompletableFuture<?> unanswered =
        CompletableFuture.supplyAsync(write, work -> new Thread(work, "dead caller").start());
    await("the message to one backup", () -> never.held() > 0);
    await("the write by the other", () -> !Objects.equals(CastOfThree.copy(told, id), before));
    assertThat(CastOfThree.copy(untold, id)).isEqualTo(before);
    assertThat(unanswered).isNotDone();

    cluster.kill(primary);

    cluster.awaitWhole();
    await(
        "all copies to be the same",
        () ->
            cluster.nodes().stream()
                .allMatch(
                    node ->
                        Objects.equals(CastOfThree.copy(node, id), CastOfThree.copy(told, id))));
    cluster.forget(primary);
  }

  private static void await(String what, Supplier<Boolean> condition) {
    Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(condition::get);
  }
}
