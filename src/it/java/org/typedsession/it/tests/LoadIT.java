package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
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
import org.typedsession.it.client.load.Timeline.Sample;
import org.typedsession.testing.Campaign;
import org.typedsession.testkit.Seed;

/** Many users at once on one node: all that they see is what one session after the other gives. */
@Tag("chaos")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class LoadIT {
  private static final int REQUESTS = Campaign.lengthened(6_000);
  private static final Path FIGURES = Path.of("target", "contract");
  private static final Duration DEADLINE = Duration.ofMinutes(5);

  @ArquillianResource private URL base;

  @Deployment(testable = false)
  static WebArchive example() {
    return ExampleWar.asBuilt();
  }

  @Test
  void load_onOneNode_isExplained() {
    List<Node> nodes = List.of(new Node("single", URI.create(base.toString())));
    try (Load load =
        Load.start(
            LoadPlan.of(nodes)
                .withPause(Duration.ofMillis(2))
                .withRequestTimeout(DEADLINE)
                .withSeed(Seed.ofRun()))) {
      await().atMost(DEADLINE).until(() -> load.answers() > REQUESTS);
      LoadResult result = load.finish(nodes, DEADLINE);
      LoadReport.write(FIGURES, "load-single", result);
      result.report("one server under load");
      result.requireFlawless();
      assertThat(result.timeline().samples())
          .extracting(Sample::outcome)
          .containsOnly(Outcome.SERVED, Outcome.CONFLICT);
      assertThat(result.verdict().operations()).isGreaterThan(REQUESTS);
      assertThat(result.verdict().unanswered()).isZero();
      assertThat(result.ids()).isGreaterThan(result.verdict().sessions());
    }
  }
}
