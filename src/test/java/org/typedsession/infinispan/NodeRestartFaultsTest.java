package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.core.ConditionTimeoutException;
import org.infinispan.configuration.cache.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.RemapTrial.Subject;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.cluster.MembershipLease;
import org.typedsession.testing.Campaign;
import org.typedsession.testkit.Seed;

/**
 * Two nodes are cut off from each other, one of them is started again out of reach of the other,
 * and they meet again, while clients begin, change and end sessions on whichever node serves.
 * {@link NodeStartTest} is this once, step by step.
 */
@Tag("chaos")
final class NodeRestartFaultsTest {
  private static final int ROUNDS = Campaign.lengthened(Integer.getInteger("faults.restarts", 100));
  private static final int ROUNDS_TO_FIND_OUT = 10;
  private static final int SESSIONS = 20;
  private static final int SESSIONS_OF_A_STEP = 4;
  private static final int SESSIONS_USED_IN_A_STEP = 6;
  private static final String FIGURES = "faults-node-restart";
  private static final MembershipLease.Timing LEASE =
      new MembershipLease.Timing(Duration.ofMillis(200), Duration.ofMillis(50));
  private static final Configuration CONFIGURATION =
      RemapFaultsTest.quick(Members.Mode.PLAIN.configuration(true));

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final FaultFigures figures = new FaultFigures();
  private final RemapTrial trial =
      new RemapTrial(
          cookies,
          RemapTrial.Connecting.ofTheLibrary(namespace, random),
          figures,
          RemapTrial.Use.EVERYTHING,
          namespace);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeAll
  static void forgetFiguresOfEarlierRuns() {
    FaultFigures.clear(FIGURES);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void everyOperation_nodeStartedAgainOutOfReach_holdsWhatWasAcknowledged(TestReporter reporter) {
    try (SimulatedCluster cluster = SimulatedCluster.ofLibrary(CONFIGURATION, 2)) {
      for (int round = 0; round < ROUNDS; round++) {
        new Round(cluster).run();
      }
    }
    publish("two nodes, a cut and a restart", reporter);

    assertThat(figures.sessions()).isGreaterThanOrEqualTo((long) ROUNDS * SESSIONS);
    assertThat(figures.broken()).as(figures.toString()).isZero();
  }

  /**
   * Otherwise the test above would show nothing. Sessions are lost, or the cluster is degraded for
   * good: with the merge the empty node's cache may win, and the mode of the other.
   */
  @Test
  void everyOperation_nodeThatWaitsForNobody_isFoundOut(TestReporter reporter) {
    boolean degraded = false;
    try (SimulatedCluster cluster = new SimulatedCluster(CONFIGURATION, false, 2, LEASE, 2)) {
      for (int i = 0; i < ROUNDS_TO_FIND_OUT && figures.broken() == 0 && !degraded; i++) {
        degraded = isDegradedBy(new Round(cluster));
      }
    }
    publish("two nodes, a cut and a restart that waits for nobody, which must be found", reporter);

    assertThat(degraded || figures.broken() > 0).as("found out: %s", figures).isTrue();
  }

  private static boolean isDegradedBy(Round round) {
    try {
      round.run();
      return false;
    } catch (ConditionTimeoutException e) {
      assertThat(e).hasMessageContaining("DEGRADED_MODE");
      return true;
    }
  }

  private void publish(String what, TestReporter reporter) {
    figures.publish(FIGURES, "PLAIN", what.replace(",", ""));
    reporter.publishEntry(what, figures.toString());
    figures.report(what);
  }

  /** One cut and what belongs to it. */
  private final class Round {
    private final SimulatedCluster cluster;
    private final Queue<Subject> subjects = new ConcurrentLinkedQueue<>();
    private final List<CompletableFuture<Void>> clients = new ArrayList<>();
    // Places in the cluster: another node may be there later.
    private final int survivor = random.nextInt(2);
    private final int victim = 1 - survivor;

    Round(SimulatedCluster cluster) {
      this.cluster = cluster;
    }

    void run() {
      subjects.addAll(trial.begin(SESSIONS, cluster.nodes()));
      useSome();
      cluster.split(cluster.nodes().stream().map(List::of).toList());
      useSome();
      List<Runnable> steps = new ArrayList<>();
      steps.add(() -> notice(survivor));
      steps.add(() -> notice(victim));
      steps.add(this::restart);
      if (random.nextBoolean()) {
        steps.add(cluster::awaitLeaseOver);
      }
      if (random.nextInt(4) == 0) {
        steps.add(this::restart);
      }
      Collections.shuffle(steps, random);
      for (Runnable step : steps) {
        step.run();
        useSome();
      }
      cluster.heal();
      useSome();
      clients.forEach(CompletableFuture::join);
      cluster.awaitWhole();
      trial.verify(List.copyOf(subjects), cluster.nodes());
      trial.forget(cluster.nodes());
    }

    private void notice(int place) {
      cluster.notice(List.of(cluster.nodes().get(place)));
    }

    private void restart() {
      cluster.restart(cluster.nodes().get(victim));
    }

    /** Clients begin some more sessions and use some that there are, each in a thread. */
    private void useSome() {
      List<Node> nodes = cluster.nodes();
      List<Subject> known = new ArrayList<>(subjects);
      Collections.shuffle(known, random);
      known.stream()
          .limit(SESSIONS_USED_IN_A_STEP)
          .forEach(
              subject -> {
                Node node = any(nodes);
                start(() -> trial.use(subject, node, nodes));
              });
      for (int i = 0; i < SESSIONS_OF_A_STEP; i++) {
        Node node = any(nodes);
        start(() -> trial.tryToBegin(node).ifPresent(subjects::add));
      }
    }

    private Node any(List<Node> nodes) {
      return nodes.get(random.nextInt(nodes.size()));
    }

    private void start(Runnable client) {
      clients.add(CompletableFuture.runAsync(client, threads));
    }
  }
}
