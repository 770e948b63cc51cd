package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.testing.Campaign;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.history.History;
import org.typedsession.testkit.history.HistoryChecker;
import org.typedsession.testkit.history.RecordedStore;
import org.typedsession.testkit.history.Verdict;
import org.typedsession.testkit.history.Violation;

/**
 * Clients go on while nodes come, leave, die and are cut off, and every answer that they got is
 * judged: some order of what they did has to explain them all.
 */
@Tag("chaos")
final class ClusterHistoryTest {
  private static final int SOME = 400;
  // While a node refuses its clients they get few answers: each of them waits for it first.
  private static final int FEW = 50;
  private static final int FEWEST_REMAPS = Campaign.lengthened(1_000);

  private final Random random = Seed.random();
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());

  @Test
  void load_whileNodesJoinAndLeave_isServedByAll(TestReporter reporter) {
    long unavailable =
        judge(
            "operations, nodes join and leave",
            reporter,
            (cluster, load) -> {
              load.use(cluster.join());
              load.await(SOME);
              Node leaver = cluster.nodes().get(1);
              load.avoid(leaver);
              load.await(SOME);
              cluster.leave(leaver);
              load.await(SOME);
            });

    assertThat(unavailable).isZero();
  }

  @Test
  void load_whileNodesDie_losesNothing(TestReporter reporter) {
    judge(
        "operations, nodes die",
        reporter,
        (cluster, load) -> {
          Node victim = cluster.nodes().get(random.nextInt(3));
          victim.wire().dieAfter(random.nextInt(50));
          load.await(FEW);
          load.avoid(victim);
          cluster.bury(victim);
          load.await(SOME);
          load.use(cluster.join());
          load.await(SOME);
        });
  }

  @Test
  void load_whileTheNetworkSplits_isNeverToldWhatIsNotSo(TestReporter reporter) {
    judge(
        "operations, the network splits",
        reporter,
        (cluster, load) -> {
          List<Node> nodes = cluster.nodes();
          List<Node> minority = List.of(nodes.get(random.nextInt(3)));
          List<Node> majority = nodes.stream().filter(node -> !minority.contains(node)).toList();
          cluster.split(List.of(majority, minority));
          cluster.awaitLeaseOver();
          cluster.notice(majority);
          load.await(FEW);
          cluster.notice(minority);
          load.await(FEW);
          cluster.heal();
          load.await(SOME);
        });
  }

  /** A process that was stopped, and goes on long after the others have given up on it. */
  @Test
  void load_onANodeThatDoesNotKnowThatItIsOut_isRefused(TestReporter reporter) {
    judge(
        "operations, a node is paused",
        reporter,
        (cluster, load) -> {
          List<Node> nodes = cluster.nodes();
          List<Node> paused = List.of(nodes.get(random.nextInt(3)));
          List<Node> others = nodes.stream().filter(node -> !paused.contains(node)).toList();
          load.avoid(paused.get(0));
          cluster.split(List.of(others, paused));
          cluster.awaitLeaseOver();
          cluster.notice(others);
          load.await(SOME);
          // Its network is back before it learns anything, and so are its clients.
          cluster.network().heal();
          load.use(paused.get(0));
          load.await(FEW);
          cluster.heal();
          load.await(SOME);
        });
  }

  private long judge(
      String campaign, TestReporter reporter, BiConsumer<SimulatedCluster, ClusterLoad> events) {
    History history = new History();
    RecordedStore<Account> store = new RecordedStore<>(history, Account::left);
    ClusterLoad load;
    try (SimulatedCluster cluster =
        new SimulatedCluster(
            RemapFaultsTest.quick(Members.Mode.PLAIN.configuration(true)), false, 3)) {
      load = load(store, cluster);
      try (load) {
        load.start();
        load.await(SOME);
        do {
          events.accept(cluster, load);
        } while (load.remaps() < FEWEST_REMAPS);
      }
      cluster.awaitWhole();
      // Repairs of writes that nobody waits for any more.
      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
      store.conclude();
    }
    Verdict verdict = new HistoryChecker().check(history);
    reporter.publishEntry(
        campaign,
        "%d remaps, %d unavailable, %s".formatted(load.remaps(), load.unavailable(), verdict));

    new Campaign(
            campaign,
            verdict.operations(),
            verdict.forks(),
            verdict.lost(),
            verdict.unexplained(),
            Optional.empty())
        .report(histories(verdict, history));
    assertThat(verdict.isClean()).as("%s", describe(verdict, history)).isTrue();
    return load.unavailable();
  }

  private ClusterLoad load(RecordedStore<Account> store, SimulatedCluster cluster) {
    return new ClusterLoad(
        store,
        new RandomSessionCookieGenerator(random),
        RemapTrial.Connecting.ofTheLibrary(namespace, random),
        cluster.nodes());
  }

  private static List<String> histories(Verdict verdict, History history) {
    return verdict.violations().stream()
        .filter(violation -> violation.kind() != Violation.Kind.UNSETTLED_READ)
        .map(violation -> violation + "\n" + history.of(violation.session()))
        .toList();
  }

  private static String describe(Verdict verdict, History history) {
    return verdict
        + verdict.simplest().map(violation -> "\n" + history.of(violation.session())).orElse("");
  }
}
