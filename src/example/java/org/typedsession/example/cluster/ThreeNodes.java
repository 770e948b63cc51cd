package org.typedsession.example.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Serves the example on three servers of one cluster until it is interrupted: {@code mvn
 * -Pcluster}.
 *
 * <p>It starts each server once, says what became of it, and stops all of them when it ends.
 */
public final class ThreeNodes {
  private static final int SIZE = 3;
  private static final int PORT_STEP = 100;
  private static final Duration START_PATIENCE = Duration.ofMinutes(3);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(250);

  private final List<LocalNode> nodes;
  private final Path server;
  private final Path war;
  private final Path directory;
  private final PrintStream out;
  private final List<Process> processes = new ArrayList<>();
  private volatile boolean stopping;

  private ThreeNodes(
      List<LocalNode> nodes, Path server, Path war, Path directory, PrintStream out) {
    this.nodes = nodes;
    this.server = server;
    this.war = war;
    this.directory = directory;
    this.out = out;
  }

  /**
   * Starts the nodes, and ends with them.
   *
   * @param arguments the port offset, which alone only asks whether the ports are free; and then
   *     the WildFly, the application, and the directory for the files of the servers
   */
  public static void main(String[] arguments) throws Exception {
    List<LocalNode> nodes = nodes(Integer.parseInt(arguments[0]));
    List<String> taken = nodes.stream().flatMap(node -> node.takenPorts().stream()).toList();
    if (!taken.isEmpty()) {
      System.out.println(taken(taken));
      // A message of Maven's would only hide this one.
      System.exit(1);
    }
    if (arguments.length > 1) {
      ThreeNodes cluster =
          new ThreeNodes(
              nodes,
              Path.of(arguments[1]),
              Path.of(arguments[2]),
              Path.of(arguments[3]),
              System.out);
      Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop, "stop-nodes"));
      if (!cluster.start()) {
        System.exit(1);
      }
      cluster.awaitEnd();
    }
  }

  static List<LocalNode> nodes(int offset) {
    return IntStream.range(0, SIZE)
        .mapToObj(i -> new LocalNode("node" + (i + 1), offset + i * PORT_STEP))
        .toList();
  }

  static String taken(List<String> ports) {
    return "Taken on 127.0.0.1: "
        + String.join(", ", ports)
        + ".\nStop what listens there, or move all ports: mvn -Pcluster -Dcluster.port-offset=1000";
  }

  /** What every server is told. */
  static Map<String, String> properties(List<LocalNode> nodes) {
    return Map.of(
        "typedsession.initial-hosts",
        nodes.stream().map(LocalNode::jgroupsAddress).collect(Collectors.joining(",")),
        "example.nodes",
        nodes.stream()
            .map(node -> node.name() + ":" + node.httpPort())
            .collect(Collectors.joining(",")));
  }

  /** Whether all of them serve. */
  private boolean start() throws IOException {
    out.println();
    for (LocalNode node : nodes) {
      out.println("Starting " + node.name() + " ...");
      Process process = launch(node).orElse(null);
      if (process == null) {
        return false;
      }
      // One after another: the first one is a cluster already when the next one asks for it.
      int members = processes.size();
      if (!await(process, () -> node.members().equals(OptionalInt.of(members)))) {
        if (!stopping) {
          out.println(
              node.name()
                  + (process.isAlive() ? " does not join the cluster" : " has ended")
                  + "; its log says why: "
                  + node.log(directory));
        }
        return false;
      }
      out.println(node.name() + " serves, " + members + " of " + SIZE);
    }
    out.println(whatToTry());
    for (int i = 0; i < SIZE; i++) {
      announceEnd(nodes.get(i), processes.get(i));
    }
    return true;
  }

  // Not while stop() looks which processes there are.
  private synchronized Optional<Process> launch(LocalNode node) throws IOException {
    if (stopping) {
      return Optional.empty();
    }
    Process process = node.start(server, war, directory, properties(nodes));
    processes.add(process);
    return Optional.of(process);
  }

  private static boolean await(Process process, BooleanSupplier ready) {
    long begin = System.nanoTime();
    try {
      while (!ready.getAsBoolean()) {
        if (System.nanoTime() - begin > START_PATIENCE.toNanos()
            || process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String whatToTry() {
    StringBuilder text = new StringBuilder("\nThe example is served by three nodes:\n\n");
    for (int i = 0; i < SIZE; i++) {
      LocalNode node = nodes.get(i);
      text.append(
          "  %s  %s  process %d  log %s%n"
              .formatted(node.name(), node.page(), processes.get(i).pid(), node.log(directory)));
    }
    return text.append("\nOpen one of them and log in. Then end its process: kill -9 ")
        .append(processes.get(0).pid())
        .append(
            """

            The page carries on at another node, with the same session. A node that has ended is not started again.
            Ctrl-C stops all.
            """)
        .toString();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Nothing but a line depends on it.
  private void announceEnd(LocalNode node, Process process) {
    process
        .onExit()
        .thenAccept(
            ended -> {
              if (!stopping) {
                long left = processes.stream().filter(Process::isAlive).count();
                out.println(
                    "%s (process %d) has ended, exit code %d. %s"
                        .formatted(node.name(), ended.pid(), ended.exitValue(), left(left)));
              }
            });
  }

  private static String left(long nodes) {
    if (nodes == 0) {
      return "That was the last one.";
    }
    return nodes > SIZE / 2
        ? nodes + " go on."
        : "The one that is left cannot tell this from a cut network, and answers 503.";
  }

  private void awaitEnd() {
    CompletableFuture.allOf(
            processes.stream().map(Process::onExit).toArray(CompletableFuture[]::new))
        .join();
  }

  // Ctrl-C reaches the servers too; a signal to this process alone does not.
  private void stop() {
    List<Process> running;
    synchronized (this) {
      stopping = true;
      running = processes.stream().filter(Process::isAlive).toList();
    }
    if (!running.isEmpty()) {
      out.println("\nStopping the nodes ...");
      running.forEach(Process::destroy);
      running.forEach(process -> LocalNode.stop(process, STOP_PATIENCE));
      out.println("All nodes are stopped.");
    }
  }
}
