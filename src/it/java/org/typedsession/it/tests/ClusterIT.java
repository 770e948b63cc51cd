package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Cluster;
import org.typedsession.it.servers.ClusterNode;
import org.typedsession.testing.http.Answer;

/** The example on three nodes: a session is on all of them, and outlives any one. */
@Tag("cluster")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class ClusterIT {
  private final WebArchive example = ExampleWar.asBuilt();

  @ArquillianResource private ContainerController containers;

  private Cluster cluster;

  @AfterEach
  void stopNodes() {
    cluster.close();
  }

  @Test
  void session_itsNodeKilled_isOnTheOthersAndOnTheNodeThatComesBack() throws Exception {
    killAndStartAgain("cluster-cache.cli");
  }

  @Tag("chaos")
  @Test
  void session_itsNodeKilledCacheTransactional_isOnTheOthersAndOnTheNodeThatComesBack()
      throws Exception {
    killAndStartAgain("cluster-cache-transactional.cli");
  }

  private void killAndStartAgain(String cache) throws Exception {
    start(cache);
    String cookie = app(1).newSession();
    assertShown(2, cookie, 1);
    Answer click = app(3).post("api/count", cookie);
    assertThat(click.status()).as(click.body()).isEqualTo(200);
    assertThat(click.count()).isEqualTo(2);
    assertShown(1, cookie, 2);
    logInOnAllNodesAtOnce();

    cluster.node(1).kill();
    cluster.node(2).awaitMembers(2);
    cluster.node(3).awaitMembers(2);
    // A node serves again when the other has confirmed its lease.
    for (ClusterNode left : List.of(cluster.node(2), cluster.node(3))) {
      left.awaitServes(left.application(example).resolve("api/visit"));
    }

    assertShown(2, cookie, 2);
    assertShown(3, cookie, 2);
    Answer login = app(2).post("api/login?name=Ada", cookie);
    assertThat(login.isNamed("Ada")).isTrue();

    ClusterNode back = cluster.start(1);
    back.awaitServes(back.application(example));
    back.awaitMembers(Cluster.SIZE);

    assertShown(1, login.cookie(), 2);
    assertThat(app(1).visit(cookie).showsSession()).as("the id before the login").isFalse();
  }

  /** T1b: whichever nodes they reach. */
  private void logInOnAllNodesAtOnce() throws Exception {
    for (int round = 0; round < 20; round++) {
      String cookie = app(1).newSession();
      List<Callable<Answer>> logins = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        WebApp app = app(1 + i % Cluster.SIZE);
        logins.add(() -> app.post("api/login?name=Ada&delay=10", cookie));
      }

      List<Answer> answers = WebApp.atOnce(logins);

      assertThat(answers).extracting(Answer::status).as("round %s", round).containsOnly(200);
      assertThat(answers.stream().map(Answer::cookie).distinct()).hasSize(1);
      assertShown(2, answers.get(0).cookie(), 1);
      assertThat(app(3).visit(cookie).showsSession()).as("the id before the login").isFalse();
    }
  }

  @Test
  void deploy_clusterThatCannotStart_failsInsteadOfServingAlone() {
    cluster = new Cluster(containers).with("typedsession.initial-hosts", "127.0.0.1[nowhere]");
    ClusterNode node = cluster.start(1);

    assertThatThrownBy(() -> node.deploy(example))
        .hasMessageContaining("TSESS0044")
        .hasMessageContaining("java:jboss/infinispan/container/typedsession");
  }

  private void start(String cache) {
    cluster = new Cluster(containers, List.of("jgroups.cli", cache)).start();
    cluster.nodes().forEach(node -> node.deploy(example));
    cluster.nodes().forEach(node -> node.awaitMembers(Cluster.SIZE));
    cluster.nodes().forEach(node -> node.awaitServes(node.application(example)));
  }

  private void assertShown(int node, String cookie, int count) throws Exception {
    Answer answer = app(node).visit(cookie);
    assertThat(answer.json().getString("node")).isEqualTo(cluster.node(node).name());
    assertThat(answer.showsSession()).isTrue();
    assertThat(answer.count()).isEqualTo(count);
  }

  private WebApp app(int node) {
    return new WebApp(cluster.node(node).application(example));
  }
}
