package org.typedsession.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.cluster.Cluster;
import org.typedsession.it.load.Load;
import org.typedsession.it.load.LoadPlan;
import org.typedsession.it.load.LoadReport;
import org.typedsession.it.load.LoadResult;
import org.typedsession.it.load.Node;
import org.typedsession.it.load.Outcome;
import org.typedsession.testing.Seed;
import org.typedsession.testing.history.Violation;

/**
 * Users at work on three nodes that die, fall silent and are split from each other: some are told
 * to come back later, and that is all they ever notice.
 */
@Tag("cluster")
@Tag("chaos")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class ClusterFaultsIT {
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  // Above the remote timeout of the cache, so that a node's own answer is seen rather than none.
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(7);
  // Ten kills, five pauses, three redeployments of all nodes, three splits.
  private static final int ROUNDS = Integer.getInteger("faults.rounds", 10);

  private final WebArchive example = ExampleWar.asBuilt();

  @ArquillianResource private ContainerController containers;

  private Cluster cluster;

  @BeforeEach
  void startNodes() {
    cluster = new Cluster(containers).relayed().start();
    cluster.nodes().forEach(node -> node.deploy(example));
    Cluster.awaitRebalanced(cluster.nodes());
  }

  @AfterEach
  void stopNodes() {
    cluster.close();
  }

  @Test
  void nodes_thatDieFallSilentAndAreSplit_loseNothing() throws IOException {
    endure(
        "cluster-faults",
        Path.of("target", "contract"),
        Duration.ofMillis(40),
        ordeal -> {
          ordeal.kill();
          ordeal.pause();
          ordeal.kill();
          ordeal.split();
        });
  }

  @Tag("soak")
  @Test
  void nodes_thatDieFallSilentAndAreSplitTimeAndAgain_loseNothing() throws IOException {
    endure(
        "soak",
        Path.of("target", "soak"),
        Duration.ofMillis(100),
        ordeal -> {
          for (int round = 1; round <= ROUNDS; round++) {
            ordeal.kill();
            if (round % 2 == 1) {
              ordeal.pause();
            }
            if (round % 4 == 2) {
              ordeal.redeploy();
            }
            if (round % 3 == 0) {
              ordeal.split();
            }
          }
        });
  }

  private interface Fate {
    void befalls(Ordeal ordeal);
  }

  private void endure(String name, Path directory, Duration pause, Fate fate) throws IOException {
    List<Node> nodes = cluster.nodes().stream().map(node -> Ordeal.target(node, example)).toList();
    LoadPlan plan =
        LoadPlan.of(nodes)
            .withPause(pause)
            .withRequestTimeout(REQUEST_TIMEOUT)
            .withSeed(Seed.ofRun());
    try (Load load = Load.start(plan)) {
      Ordeal ordeal = new Ordeal(cluster, example, load, Seed.random());
      ordeal.settle();
      fate.befalls(ordeal);
      LoadResult result = load.finish(nodes, DEADLINE);
      LoadReport.write(directory, name, result);
      result.report("three WildFlys: " + name);
      OrdealFigures figures = new OrdealFigures(ordeal.trials(), result);
      figures.write(directory.resolve(name + ".csv"));
      figures.table().forEach(System.out::println);
      judge(result);
      assertThat(figures.servedByHealthy())
          .as("answers of the healthy nodes during each fault")
          .hasSameSizeAs(ordeal.trials())
          .allMatch(served -> served > 0);
    }
  }

  private static void judge(LoadResult result) {
    SoftAssertions softly = new SoftAssertions();
    for (Violation.Kind kind : Violation.Kind.values()) {
      softly.assertThat(result.verdict().count(kind)).as(kind.name()).isZero();
    }
    softly.assertThat(result.timeline().count(Outcome.LOST)).as("sessions missed").isZero();
    softly.assertThat(result.errors()).as("5xx other than 503").isEmpty();
    softly.assertThat(result.expired()).as("sessions that nobody looked for").isEmpty();
    softly.assertThat(result.verdict().unread()).as("ids that were not read").isEmpty();
    softly.assertAll();
    result.requireFlawless();
  }
}
