package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
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
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.load.Load;
import org.typedsession.it.client.load.LoadPlan;
import org.typedsession.it.client.load.LoadReport;
import org.typedsession.it.client.load.LoadResult;
import org.typedsession.it.client.load.Node;
import org.typedsession.it.client.load.Outcome;
import org.typedsession.it.servers.Cluster;
import org.typedsession.it.tests.FaultInjection.Role;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.history.Violation;

/**
 * Users at work on three nodes that die, fall silent and are split from each other: some are told
 * to come back later, and that is all they ever notice.
 */
@Tag("cluster")
@Tag("chaos")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class ClusterFaultsIT {
  private static final Path FIGURES = Path.of("target", "contract");
  private static final Duration DEADLINE = Duration.ofMinutes(5);
  // Above the remote timeout of the cache, so that a node's own answer is seen rather than none.
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(7);
  private static final int KILLS = Integer.getInteger("faults.kills", 10);
  private static final int PAUSES = Integer.getInteger("faults.pauses", 5);
  private static final int SPLITS = Integer.getInteger("faults.splits", 3);
  private static final int REDEPLOYMENTS = Integer.getInteger("faults.redeployments", 9);
  // Longer than the long run, however busy the machine is: whoever has logged out early on has to
  // be out at its end because of that, and not because the session would have expired.
  private static final Duration TIME_TO_LIVE = Duration.ofHours(12);
  // From two thirds of it on a session that is not used may end.
  private static final Duration SESSION_LIFE = Duration.ofHours(8);

  private final WebArchive example = ExampleWar.asBuilt();

  @ArquillianResource private ContainerController containers;

  private Cluster cluster;

  @BeforeEach
  void startNodes() {
    cluster =
        new Cluster(containers)
            .with("typed-session.time-to-live", TIME_TO_LIVE.toString())
            .relayed()
            .start();
    cluster.nodes().forEach(node -> node.deploy(example));
    Cluster.awaitRebalanced(cluster.nodes());
  }

  @AfterEach
  void stopNodes() {
    cluster.close();
  }

  @Test
  void nodes_thatDieFallSilentAndAreSplit_loseNothing() throws IOException {
    inject(
        "cluster-faults",
        Duration.ofMillis(40),
        faults -> {
          faults.kill();
          faults.pause();
          faults.kill();
          faults.split();
        });
  }

  @Tag("soak")
  @Test
  void nodes_thatDieFallSilentAndAreSplitTimeAndAgain_loseNothing() throws IOException {
    List<Consumer<FaultInjection>> all = new ArrayList<>();
    all.addAll(turns(KILLS, FaultInjection::kill));
    all.addAll(turns(PAUSES, FaultInjection::pause));
    all.addAll(turns(SPLITS, FaultInjection::split));
    all.addAll(turns(REDEPLOYMENTS, FaultInjection::redeploy));
    Collections.shuffle(all, Seed.random());
    inject(
        "cluster-faults-long",
        Duration.ofMillis(100),
        faults -> all.forEach(fault -> fault.accept(faults)));
  }

  // The coordinator's in turn with those of the others: at random it would be one in three.
  private static List<Consumer<FaultInjection>> turns(
      int count, BiConsumer<FaultInjection, Role> fault) {
    return IntStream.range(0, count)
        .<Consumer<FaultInjection>>mapToObj(
            i -> faults -> fault.accept(faults, i % 2 == 0 ? Role.COORDINATOR : Role.OTHER))
        .toList();
  }

  private void inject(String name, Duration pause, Consumer<FaultInjection> injected)
      throws IOException {
    List<Node> nodes =
        cluster.nodes().stream().map(node -> FaultInjection.target(node, example)).toList();
    LoadPlan plan =
        LoadPlan.of(nodes)
            .withPause(pause)
            .withRequestTimeout(REQUEST_TIMEOUT)
            .withSessionLife(SESSION_LIFE)
            .withSeed(Seed.ofRun());
    try (Load load = Load.start(plan)) {
      FaultInjection faults = new FaultInjection(cluster, example, load, Seed.random());
      faults.settle();
      injected.accept(faults);
      LoadResult result = load.finish(nodes, DEADLINE);
      LoadReport.write(FIGURES, name, result);
      result.report("three WildFlys: " + name, faults.trials().size());
      FaultInjectionFigures figures = new FaultInjectionFigures(faults.trials(), result);
      figures.write(FIGURES.resolve(name + ".csv"));
      figures.table().forEach(System.out::println);
      judge(result);
      assertThat(figures.servedByHealthy())
          .as("answers of the healthy nodes during each fault")
          .hasSameSizeAs(faults.trials())
          .allMatch(served -> served > 0);
    }
  }

  private static void judge(LoadResult result) {
    SoftAssertions softly = new SoftAssertions();
    for (Violation.Kind kind : Violation.Kind.values()) {
      softly.assertThat(result.verdict().count(kind)).as(kind.name()).isZero();
    }
    // Otherwise nothing was shown of them.
    softly.assertThat(result.logouts()).as("acknowledged logouts").isPositive();
    softly.assertThat(result.timeline().count(Outcome.LOST)).as("sessions missed").isZero();
    softly.assertThat(result.errors()).as("5xx other than 503").isEmpty();
    softly.assertThat(result.expired()).as("sessions that nobody looked for").isEmpty();
    softly.assertThat(result.verdict().unread()).as("ids that were not read").isEmpty();
    softly.assertAll();
    result.requireFlawless();
  }
}
