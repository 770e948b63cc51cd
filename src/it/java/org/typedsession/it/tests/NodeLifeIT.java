package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.ShopWar;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Cluster;
import org.typedsession.it.servers.ClusterNode;
import org.typedsession.testing.http.Answer;

/**
 * What an administrator does to a cluster that is in use: a new version of the application, node by
 * node; the application undeployed and deployed again; nodes that stop and come back.
 */
@Tag("cluster")
@Tag("chaos")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class NodeLifeIT {
  private static final int CLIENTS = 6;
  private static final int DRAIN_SECONDS = 10;
  // Acknowledgements of each client.
  private static final int FLOW = 25;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @ArquillianResource private ContainerController containers;

  private Cluster cluster;

  @BeforeAll
  static void forgetFiguresOfEarlierRuns() {
    NodeLifeFigures.forgetFiguresOfEarlierRuns();
  }

  @AfterEach
  void stopNodes() {
    cluster.close();
  }

  @Test
  void cluster_inUse_livesThroughNewVersionsRedeploymentsAndNodesThatComeAndGo() throws Exception {
    cluster =
        new Cluster(containers)
            .with("org.wildfly.sigterm.suspend.timeout", "" + DRAIN_SECONDS)
            .start();
    WebArchive old = ShopWar.OLD.archive();
    WebArchive renewed = ShopWar.NEW.archive();
    cluster.nodes().forEach(node -> node.deploy(old));
    cluster.nodes().forEach(node -> node.awaitMembers(Cluster.SIZE));

    suspendAndResume();
    deployNewVersionNodeByNode(renewed);
    deployAgain(renewed);
    stopAndStartNodes();
  }

  private void suspendAndResume() {
    NodeLifeFigures figures = new NodeLifeFigures("suspended and resumed");
    ClusterNode node = cluster.node(1);
    try (ShopLoad load = new ShopLoad(applications(), CLIENTS, figures)) {
      load.flow(1);
      node.drain(DRAIN_SECONDS);
      load.flow(1);
      node.serveAgain();
      node.awaitServes(application(node).resolve("act"));
      load.flow(FLOW);
    }
    figures.close();
    assertThat(figures.of("cut")).isZero();
    assertThat(figures.of("kept")).isPositive();
  }

  private void deployNewVersionNodeByNode(WebArchive renewed) throws Exception {
    NodeLifeFigures figures = new NodeLifeFigures("new version node by node");
    int told = 0;
    List<Integer> byOld = new ArrayList<>();
    try (ShopLoad load = new ShopLoad(applications(), CLIENTS, figures)) {
      load.flow(FLOW);
      for (ClusterNode node : cluster.nodes()) {
        node.drain(DRAIN_SECONDS);
        int ofNode = ended(node);
        node.deployAgain(renewed);
        node.serveAgain();
        node.awaitServes(application(node).resolve("act"));
        told += ofNode;
        byOld.add(ofNode);
        // One line a minute for each kind of data, however many sessions end.
        assertThat(lines(node, "TSESS0050")).isBetween(Math.min(1, ofNode), 3);
        load.flow(FLOW);
      }
    }
    figures.close();
    assertThat(figures.of("409")).isZero();
    assertThat(figures.of("cut")).isZero();
    assertThat(figures.of("kept")).isPositive();
    // Otherwise nothing was shown.
    assertThat(figures.of("ended")).isPositive().isEqualTo(told);
    // The new version reads whatever the old one wrote.
    assertThat(cluster.nodes().stream().map(NodeLifeIT::ended)).containsExactlyElementsOf(byOld);
  }

  private void deployAgain(WebArchive archive) throws Exception {
    List<String> cookies = new ArrayList<>();
    for (ClusterNode node : cluster.nodes()) {
      cookies.add(new WebApp(application(node)).post("act?act=count", WebApp.NO_COOKIE).cookie());
    }
    for (ClusterNode node : cluster.nodes()) {
      assertThat(node.threads()).anyMatch(name -> name.startsWith("typed-session-"));
      node.undeploy(archive);
      awaitNoThreads(node);
      node.deploy(archive);
    }
    countAll(cookies, 2);
    cluster.nodes().forEach(node -> node.undeploy(archive));
    cluster.nodes().forEach(NodeLifeIT::awaitNoThreads);
    cluster.nodes().forEach(node -> node.deploy(archive));
    countAll(cookies, 2 + Cluster.SIZE);
  }

  private void countAll(List<String> cookies, int first) {
    for (String cookie : cookies) {
      int expected = first;
      for (ClusterNode node : cluster.nodes()) {
        Answer answer = new WebApp(application(node)).post("act?act=count", cookie);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().getInt("count")).isEqualTo(expected++);
      }
    }
  }

  private static void awaitNoThreads(ClusterNode node) {
    await("threads of the application end")
        .atMost(PATIENCE)
        .until(() -> node.threads().stream().noneMatch(name -> name.startsWith("typed-session-")));
  }

  private void stopAndStartNodes() throws Exception {
    List<NodeLifeFigures> all = new ArrayList<>();
    try (ShopLoad load = new ShopLoad(applications(), CLIENTS, phase(all, "before"))) {
      load.flow(FLOW);
      for (ClusterNode node : cluster.nodes()) {
        int number = cluster.nodes().indexOf(node) + 1;
        boolean signal = number % 2 == 1;
        Consumer<ClusterNode> stop =
            signal ? ClusterNode::terminate : each -> each.shutDown(DRAIN_SECONDS);
        load.count(phase(all, node.name() + (signal ? " SIGTERM" : " shutdown")));
        stop.accept(node);
        load.flow(FLOW);
        load.count(phase(all, node.name() + " joins"));
        cluster.start(number);
        node.awaitServes(application(node).resolve("act"));
        node.awaitMembers(Cluster.SIZE);
        load.flow(FLOW);
      }
    }
    all.forEach(NodeLifeFigures::close);
    for (NodeLifeFigures figures : all) {
      assertThat(figures.of("cut")).isZero();
      assertThat(figures.of("ended")).isZero();
      assertThat(figures.of("lost with its answer")).isZero();
      assertThat(figures.of("409")).isZero();
    }
  }

  private static NodeLifeFigures phase(List<NodeLifeFigures> all, String name) {
    NodeLifeFigures figures = new NodeLifeFigures(name);
    all.add(figures);
    return figures;
  }

  private List<URI> applications() {
    return cluster.nodes().stream().map(NodeLifeIT::application).toList();
  }

  private static URI application(ClusterNode node) {
    return node.base().resolve("shop/");
  }

  /** How many sessions the application was told of that a node ended. */
  private static int ended(ClusterNode node) {
    return lines(node, "ended unread");
  }

  private static int lines(ClusterNode node, String text) {
    try (Stream<String> lines = Files.lines(node.log())) {
      return (int) lines.filter(line -> line.contains(text)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
