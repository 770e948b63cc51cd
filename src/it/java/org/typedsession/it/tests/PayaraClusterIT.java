package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.typedsession.it.apps.CartWar;
import org.typedsession.it.servers.PayaraNode;
import org.typedsession.testing.http.Answer;

/**
 * Payara servers that share sessions by the Infinispan of the application: one is killed, and the
 * application is moved to a new version node by node.
 *
 * <p>Three servers, with which a cluster stays available when one dies; and two of them with {@code
 * when-split=serve}, because two that refuse do so until both are back.
 */
@Tag("cluster")
@Tag("payara-cluster")
final class PayaraClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int CONFLICT = 409;
  private static final int UNAVAILABLE = 503;

  private static List<PayaraNode> nodes;

  @BeforeAll
  static void start() {
    nodes = IntStream.rangeClosed(1, 3).mapToObj(PayaraNode::of).toList();
    nodes.parallelStream().forEach(PayaraNode::start);
  }

  @AfterAll
  static void stop() {
    nodes.forEach(PayaraNode::close);
  }

  @Test
  void session_threeNodesAndOneKilled_isOnTheOthersAndOnTheOneThatComesBack() {
    WebArchive war = war(nodes, "refuse");
    deploy(war, nodes);
    CartClient client = new CartClient();
    String cookie = begin(client, nodes.get(0), war);
    assertThat(add(client, "milk", nodes.get(1), war)).isEqualTo("[tea, milk]");

    nodes.get(0).kill();

    assertThat(add(client, "bread", nodes.get(1), war)).isEqualTo("[tea, milk, bread]");
    assertThat(add(client, "salt", nodes.get(2), war)).isEqualTo("[tea, milk, bread, salt]");
    nodes.get(0).start();
    assertThat(add(client, "oil", nodes.get(0), war)).isEqualTo("[tea, milk, bread, salt, oil]");
    assertThat(client.cookie()).isEqualTo(cookie);
    undeploy(war, nodes);
  }

  @Test
  void session_twoNodesThatServeAndOneKilled_isOnTheOther() {
    List<PayaraNode> two = nodes.subList(0, 2);
    WebArchive war = war(two, "serve");
    deploy(war, two);
    CartClient client = new CartClient();
    begin(client, nodes.get(0), war);
    assertThat(add(client, "milk", nodes.get(1), war)).isEqualTo("[tea, milk]");

    nodes.get(0).kill();

    assertThat(add(client, "bread", nodes.get(1), war)).isEqualTo("[tea, milk, bread]");
    nodes.get(0).start();
    assertThat(add(client, "salt", nodes.get(0), war)).isEqualTo("[tea, milk, bread, salt]");
    undeploy(war, two);
  }

  @Test
  void deploy_nodeByNode_losesNothingThatWasAcknowledged() {
    WebArchive war = war(nodes, "refuse");
    deploy(war, nodes);
    CartClient client = new CartClient();
    String cookie = begin(client, nodes.get(0), war);
    List<String> acknowledged = new ArrayList<>(List.of("tea"));

    for (PayaraNode moved : nodes) {
      List<PayaraNode> others = nodes.stream().filter(node -> node != moved).toList();
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<Void> user =
          CompletableFuture.runAsync(() -> shop(client, others, war, done, acknowledged));
      try {
        moved.deploy(war);
      } finally {
        done.set(true);
        user.join();
      }
      assertThat(add(client, "moved-" + moved, moved, war).split("[\\[\\], ]+"))
          .containsAll(acknowledged);
    }

    assertThat(client.cookie()).isEqualTo(cookie);
    assertThat(acknowledged).hasSizeGreaterThan(nodes.size());
    undeploy(war, nodes);
  }

  // Whoever is refused comes again, and has perhaps been heard the first time.
  private static void shop(
      CartClient client,
      List<PayaraNode> open,
      WebArchive war,
      AtomicBoolean done,
      List<String> acknowledged) {
    int number = 0;
    while (!done.get()) {
      String item = "item" + acknowledged.size() + "-" + number++;
      try {
        Answer answer = client.add(item, open.get(number % open.size()).address(war));
        if (answer.status() == 200) {
          acknowledged.add(item);
        } else {
          assertThat(answer.status()).isIn(CONFLICT, UNAVAILABLE);
        }
      } catch (IOException e) {
        throw new AssertionError("a node that nobody touches does not answer", e);
      }
    }
  }

  private static String begin(CartClient client, PayaraNode node, WebArchive war) {
    assertThat(add(client, "tea", node, war)).isEqualTo("[tea]");
    return client.cookie();
  }

  // Refusals are no failures: a node may not have met the others yet.
  private static String add(CartClient client, String item, PayaraNode node, WebArchive war) {
    return await(node + " serves")
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> client.add(item, node.address(war)), answer -> answer.status() == 200)
        .body();
  }

  private static void deploy(WebArchive war, List<PayaraNode> nodes) {
    nodes.forEach(node -> node.deploy(war));
  }

  private static void undeploy(WebArchive war, List<PayaraNode> nodes) {
    nodes.forEach(node -> node.undeploy(war));
  }

  private static WebArchive war(List<PayaraNode> nodes, String whenSplit) {
    Map<String, String> settings = new HashMap<>();
    settings.put(
        "infinispan.initial-hosts",
        nodes.stream()
            .map(node -> "127.0.0.1[" + node.clusterPort() + "]")
            .collect(Collectors.joining(",")));
    settings.put("infinispan.when-split", whenSplit);
    return CartWar.with(settings);
  }
}
