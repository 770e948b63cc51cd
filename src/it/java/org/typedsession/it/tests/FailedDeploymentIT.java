package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.readme.AddServlet;
import org.typedsession.it.apps.readme.Cart;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Cluster;
import org.typedsession.it.servers.ClusterNode;
import org.typedsession.testing.http.Answer;

/** What an orchestrator sees of a WildFly whose application was not deployed. */
@Tag("cluster")
@Tag("chaos")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class FailedDeploymentIT {
  private static final String SETTING = "typed-session.infinispan.container";
  private static final String NO_SUCH_CONTAINER = "java:jboss/infinispan/container/shop";

  @ArquillianResource private ContainerController containers;

  private final WebArchive shop = AppsWar.of("shop", Cart.class, AddServlet.class);
  private Cluster cluster;

  @BeforeEach
  void configure() {
    cluster = new Cluster(containers, List.of("remove.cli"));
  }

  @AfterEach
  void stopNodes() {
    cluster.close();
  }

  @Test
  void start_applicationIsNotDeployed_isLiveAndNotReady() throws Exception {
    ClusterNode node = cluster.start(1);
    WebApp application = new WebApp(node.deploy(shop));
    assertThat(checks(health(node, "ready"))).containsKey("typed-session");
    node.stop();

    cluster.with(SETTING, NO_SUCH_CONTAINER).start(1);

    Answer ready = health(node, "ready");
    assertThat(ready.status()).isEqualTo(503);
    // By the server's own: the one of the application says nothing of it.
    assertThat(checks(ready))
        .containsEntry("boot-errors", "DOWN")
        .containsEntry("deployments-status", "DOWN")
        .doesNotContainEntry("typed-session", "DOWN");
    assertThat(health(node, "live").status()).isEqualTo(200);
    assertThat(application.get("add", WebApp.NO_COOKIE).status()).isEqualTo(404);
    assertThat(Files.readString(node.log())).contains("TSESS0043");
  }

  private static Answer health(ClusterNode node, String which) {
    URI management = URI.create("http://127.0.0.1:" + node.managementPort() + "/");
    return new WebApp(management.resolve("health/")).get(which, WebApp.NO_COOKIE);
  }

  /** The status of each check by its name. */
  private static Map<String, String> checks(Answer answer) {
    return answer.json().getJsonArray("checks").getValuesAs(JsonObject.class).stream()
        .collect(
            Collectors.toMap(check -> check.getString("name"), check -> check.getString("status")));
  }
}
