package org.typedsession.it.tests;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.typedsession.it.client.load.Load;
import org.typedsession.it.client.load.Node;
import org.typedsession.it.client.load.Outcome;
import org.typedsession.it.client.load.Timeline.Fault;
import org.typedsession.it.servers.Cluster;
import org.typedsession.it.servers.ClusterNode;

/**
 * Injects a fault into a node of a cluster under load, waits until the others have noticed and
 * serve, undoes it, and waits until all nodes serve and every session has its backup again.
 */
final class FaultInjection {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  // Longer than failure detection takes (8 to 11 s with jgroups.cli).
  private static final Duration PAUSE = Duration.ofSeconds(12);
  private static final Duration SPLIT = Duration.ofSeconds(15);
  // Some for every user; while a node is silent there are few a second.
  private static final int SERVED = 50;

  private final Cluster cluster;
  private final WebArchive application;
  private final Load load;
  private final Random random;
  private final List<Trial> trials = new ArrayList<>();

  /** What is done. */
  enum Kind {
    KILL("killed", "starts again"),
    PAUSE("paused", "goes on"),
    SPLIT("split off", "is back"),
    REDEPLOY("undeploys", "deploys");

    private final String begin;
    private final String end;

    Kind(String begin, String end) {
      this.begin = begin;
      this.end = end;
    }
  }

  /** What a node is to the others. */
  enum Role {
    /** It decides who belongs to the cluster and who owns what: another has to take that over. */
    COORDINATOR,
    OTHER
  }

  /**
   * What was done to one node.
   *
   * @param struck which one
   * @param role what it was in the cluster
   * @param healthy the others
   * @param begin when it was done
   * @param end when it was undone
   * @param over when all was well again
   */
  record Trial(
      Kind kind,
      String struck,
      Role role,
      List<String> healthy,
      Fault begin,
      Fault end,
      Duration over) {}

  FaultInjection(Cluster cluster, WebArchive application, Load load, Random random) {
    this.cluster = cluster;
    this.application = application;
    this.load = load;
    this.random = random;
  }

  List<Trial> trials() {
    return List.copyOf(trials);
  }

  /** Lets the users work undisturbed. */
  void settle() {
    awaitServed(cluster.nodes());
  }

  /** Kills a random node at once, and starts it again. */
  void kill() {
    kill(any());
  }

  /** Kills a random node of that role at once, and starts it again. */
  void kill(Role role) {
    kill(any(role));
  }

  private void kill(ClusterNode struck) {
    inject(
        Kind.KILL,
        struck,
        Duration.ZERO,
        ClusterNode::kill,
        node -> cluster.start(cluster.nodes().indexOf(node) + 1));
  }

  /** Halts the process of a random node, until the others have given it up. */
  void pause() {
    pause(any());
  }

  /** Halts the process of a random node of that role, until the others have given it up. */
  void pause(Role role) {
    pause(any(role));
  }

  private void pause(ClusterNode struck) {
    inject(Kind.PAUSE, struck, PAUSE, ClusterNode::suspend, ClusterNode::resume);
  }

  /** Cuts a random node off from the others, until both sides have given the other up. */
  void split() {
    split(any());
  }

  /** Cuts a random node of that role off, until both sides have given the other up. */
  void split(Role role) {
    split(any(role));
  }

  private void split(ClusterNode struck) {
    inject(Kind.SPLIT, struck, SPLIT, node -> cluster.split(List.of(node)), node -> cluster.heal());
  }

  /** Deploys the application on a random node of that role again. */
  void redeploy(Role role) {
    inject(
        Kind.REDEPLOY,
        any(role),
        Duration.ZERO,
        server -> {
          // As an operator would: requests under way end before their application does.
          server.drain(DRAIN_SECONDS);
          server.undeploy(application);
        },
        server -> {
          server.deploy(application);
          server.serveAgain();
        });
  }

  private ClusterNode any() {
    return cluster.node(1 + random.nextInt(Cluster.SIZE));
  }

  private ClusterNode any(Role role) {
    ClusterNode coordinator = cluster.coordinator();
    List<ClusterNode> others = others(coordinator);
    return role == Role.COORDINATOR ? coordinator : others.get(random.nextInt(others.size()));
  }

  private List<ClusterNode> others(ClusterNode node) {
    return cluster.nodes().stream().filter(one -> one != node).toList();
  }

  private static final int DRAIN_SECONDS = 30;

  private void inject(
      Kind kind,
      ClusterNode node,
      Duration atLeast,
      Consumer<ClusterNode> fault,
      Consumer<ClusterNode> repair) {
    List<ClusterNode> others = others(node);
    Role role = cluster.coordinator().equals(node) ? Role.COORDINATOR : Role.OTHER;
    String name = (role == Role.COORDINATOR ? "coordinator " : "") + node.name();
    Fault begin = say(name + " " + kind.begin);
    fault.accept(node);
    if (kind != Kind.REDEPLOY) {
      Cluster.awaitRebalanced(others);
    } // Otherwise the server decides whether the cache leaves with the application.
    awaitServed(others);
    await("the fault lasts")
        .atMost(PATIENCE)
        .until(() -> load.now().minus(begin.at()).compareTo(atLeast) >= 0);
    Fault end = say(name + " " + kind.end);
    repair.accept(node);
    Cluster.awaitRebalanced(cluster.nodes());
    awaitServed(cluster.nodes());
    List<String> healthy = others.stream().map(ClusterNode::name).toList();
    trials.add(new Trial(kind, node.name(), role, healthy, begin, end, load.now()));
    say("all is well");
  }

  private Fault say(String text) {
    Fault fault = load.fault(text);
    System.out.printf(
        "%6.1f s, %d answers: %s%n", fault.at().toMillis() / 1e3, load.answers(), text);
    return fault;
  }

  private void awaitServed(List<ClusterNode> nodes) {
    Map<Node, Integer> before = new HashMap<>();
    for (ClusterNode node : nodes) {
      Node target = target(node);
      before.put(target, load.answers(target, Outcome.SERVED));
    }
    await("answers of " + before.keySet())
        .atMost(PATIENCE)
        .until(
            () ->
                before.entrySet().stream()
                    .allMatch(
                        entry ->
                            load.answers(entry.getKey(), Outcome.SERVED)
                                >= entry.getValue() + SERVED));
  }

  /** A node of the cluster as the load knows it. */
  Node target(ClusterNode node) {
    return target(node, application);
  }

  static Node target(ClusterNode node, WebArchive application) {
    return new Node(node.name(), node.application(application));
  }
}
