package org.typedsession.it.servers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jspecify.annotations.Nullable;

/**
 * Three servers of one cluster, which run from the one that the build provisioned. Each has a base
 * directory of its own below {@code target/cluster}, with a copy of the configuration to which the
 * scripts of {@code wildfly-config} were applied.
 *
 * <p>The tests that use it are tagged {@code cluster}: they are run with the group {@code cluster}
 * of {@code arquillian.xml}, and after the others.
 */
public final class Cluster implements AutoCloseable {
  public static final int SIZE = 3;

  private static final Path HOME = Path.of(System.getProperty("cluster.home"));
  // Making one takes seconds, and every test of a class wants the same.
  private static final Map<List<String>, Path> CONFIGURATIONS = new HashMap<>();

  private final List<ClusterNode> nodes;
  private final Properties properties = new Properties();
  private @Nullable Relays relays;

  /** A cluster, not started, with the recommended cache. */
  public Cluster(ContainerController containers) {
    this(containers, List.of("jgroups.cli", "cluster-cache.cli"));
  }

  /**
   * A cluster, not started.
   *
   * @param scripts what is run on the configuration of a single server
   */
  public Cluster(ContainerController containers, List<String> scripts) {
    nodes =
        IntStream.rangeClosed(1, SIZE)
            .mapToObj(number -> new ClusterNode(number, containers, HOME))
            .toList();
    // A test before this one that failed may have left some.
    close();
    knowEachOtherAt("127.0.0.1");
    try {
      Path configuration = configuration(List.copyOf(scripts));
      for (ClusterNode node : nodes) {
        copy(configuration, node.directory());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Lets the nodes talk to each other through relays only, so that they can be {@linkplain #split
   * split}. To be called before they are started.
   */
  public Cluster relayed() {
    relays =
        new Relays(
            nodes.stream()
                .collect(
                    Collectors.toMap(
                        ClusterNode::name,
                        node -> new Relays.Place(node.ownAddress(), node.jgroupsPorts()))));
    knowEachOtherAt(Relays.ADDRESS);
    return with("jgroups.external_addr", Relays.ADDRESS);
  }

  private void knowEachOtherAt(String address) {
    properties.setProperty(
        "typedsession.initial-hosts",
        nodes.stream()
            .map(node -> address + "[" + node.jgroupsPorts().get(0) + "]")
            .collect(Collectors.joining(",")));
  }

  /**
   * Waits until {@code members} have found each other and copied to each other what they are to
   * have, so that any one of them may go.
   */
  public static void awaitRebalanced(List<ClusterNode> members) {
    Set<String> names = members.stream().map(ClusterNode::name).collect(Collectors.toSet());
    await(names + " share the sessions")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                members.stream()
                    .flatMap(node -> node.rebalances().stream())
                    .max(Comparator.comparing(Rebalance::time))
                    .filter(last -> last.finished() && last.members().equals(names))
                    .isPresent());
  }

  /** The node that leads the cluster, once all nodes are in it and agree who that is. */
  public ClusterNode coordinator() {
    List<View> views =
        await("all nodes have the same leader")
            .atMost(Duration.ofMinutes(2))
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(this::views, all -> all.size() == 1 && all.get(0).members().size() == SIZE);
    String name = views.get(0).members().get(0);
    return nodes.stream().filter(node -> node.name().equals(name)).findAny().orElseThrow();
  }

  private List<View> views() throws IOException {
    List<View> views = new ArrayList<>();
    for (ClusterNode node : nodes) {
      views.add(node.view());
    }
    return views.stream().distinct().toList();
  }

  /**
   * Cuts the network between some nodes and the others, silently. Clients reach all of them.
   *
   * @throws IllegalStateException if the cluster is not {@linkplain #relayed relayed}
   */
  public void split(List<ClusterNode> apart) {
    network().split(apart.stream().map(ClusterNode::name).collect(Collectors.toSet()));
  }

  /** Undoes {@link #split}. */
  public void heal() {
    network().heal();
  }

  private Relays network() {
    if (relays == null) {
      throw new IllegalStateException("the nodes of this cluster talk without relays");
    }
    return relays;
  }

  /** Sets a system property of every node that is started from now on. */
  public Cluster with(String property, String value) {
    properties.setProperty(property, value);
    return this;
  }

  /** One of the nodes, counted from 1. */
  public ClusterNode node(int number) {
    return nodes.get(number - 1);
  }

  public List<ClusterNode> nodes() {
    return nodes;
  }

  /** Starts the nodes that are not running, one after another. */
  public Cluster start() {
    store();
    nodes.stream().filter(node -> !node.isRunning()).forEach(ClusterNode::start);
    return this;
  }

  /** Starts just one node. */
  public ClusterNode start(int number) {
    store();
    node(number).start();
    return node(number);
  }

  /** Ends all nodes, in whatever state they are. */
  @Override
  public void close() {
    nodes.forEach(ClusterNode::kill);
    if (relays != null) {
      relays.close();
    }
  }

  // Every node reads its own when it starts: arquillian.xml names it.
  private void store() {
    for (ClusterNode node : nodes) {
      Properties ofNode = new Properties();
      ofNode.putAll(properties);
      if (relays != null) {
        ofNode.setProperty("jboss.bind.address.private", node.ownAddress());
      }
      try (Writer writer = Files.newBufferedWriter(HOME.resolve(node.name() + ".properties"))) {
        ofNode.store(writer, null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Path configuration(List<String> scripts) throws IOException {
    Path known = CONFIGURATIONS.get(scripts);
    if (known != null) {
      return known;
    }
    Path base = HOME.resolve("configuration-" + (CONFIGURATIONS.size() + 1));
    copy(Path.of(System.getProperty("server.home"), "standalone"), base);
    ServerCli.offline(base, scripts.stream().map(ServerCli::script).toList());
    CONFIGURATIONS.put(scripts, base);
    return base;
  }

  /** Makes {@code to} a base directory that has the configuration of {@code from}, and no more. */
  public static void copy(Path from, Path to) throws IOException {
    Directories.delete(to);
    Files.createDirectories(to.resolve("deployments"));
    Directories.copy(
        from.resolve("configuration"), to.resolve("configuration"), Cluster::isConfiguration);
  }

  private static boolean isConfiguration(Path file) {
    return !file.startsWith("standalone_xml_history");
  }
}
