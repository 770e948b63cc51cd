package org.typedsession.example.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Serves the example on three servers of one cluster until it is interrupted: {@code mvn
 * -Pcluster}.
 *
 * <p>It starts each server, says what became of it, starts those that have ended again when asked
 * by an empty line, and stops all of them when it ends.
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
  private final Map<LocalNode, Process> processes = new LinkedHashMap<>();
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
      cluster.serve(System.in);
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
  private boolean start() throws IOException, InterruptedException {
    out.println();
    // One after another: the first one is a cluster already when the next one asks for it.
    for (LocalNode node : nodes) {
      if (!start(node)) {
        return false;
      }
    }
    out.println(whatToTry());
    return true;
  }

  /** Whether it serves. */
  private boolean start(LocalNode node) throws IOException, InterruptedException {
    out.println("Starting " + node.name() + " ...");
    Process process = launch(node).orElse(null);
    if (process == null) {
      return false;
    }
    if (!await(process, () -> node.members().equals(OptionalInt.of(running().size())))) {
      if (!stopping) {
        out.println(
            node.name()
                + (process.isAlive() ? " does not join the cluster" : " has ended")
                + "; its log says why: "
                + node.log(directory));
      }
      return false;
    }
    out.println(node.name() + " serves, " + running().size() + " of " + SIZE);
    announceEnd(node, process);
    return true;
  }

  // Not while stop() looks which processes there are.
  private synchronized Optional<Process> launch(LocalNode node) throws IOException {
    if (stopping) {
      return Optional.empty();
    }
    Process process = node.start(server, war, directory, properties(nodes));
    processes.put(node, process);
    return Optional.of(process);
  }

  private synchronized List<Process> running() {
    return processes.values().stream().filter(Process::isAlive).toList();
  }

  private static boolean await(Process process, BooleanSupplier ready) throws InterruptedException {
    long begin = System.nanoTime();
    while (!ready.getAsBoolean()) {
      if (System.nanoTime() - begin > START_PATIENCE.toNanos()
          || process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return true;
  }

  private String whatToTry() {
    StringBuilder text = new StringBuilder("\nThe example is served by three nodes:\n\n");
    for (LocalNode node : nodes) {
      text.append(
          "  %s  %s  process %d  log %s%n"
              .formatted(node.name(), node.page(), processes.get(node).pid(), node.log(directory)));
    }
    return text.append("\nOpen one of them and log in. Then end its process: kill -9 ")
        .append(processes.get(nodes.get(0)).pid())
        .append(
            """

            The page carries on at another node, with the same session. Enter starts the node again. Ctrl-C stops all.
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
                out.println(
                    "%s (process %d) has ended, exit code %d. %s"
                        .formatted(
                            node.name(), ended.pid(), ended.exitValue(), left(running().size())));
              }
            });
  }

  private static String left(long nodes) {
    if (nodes == 0) {
      return "That was the last one.";
    }
    return nodes > SIZE / 2
        ? nodes + " go on. Enter starts it again."
        : "The one that is left cannot tell this from a cut network, and answers 503. Enter starts the others again.";
  }

  /** Until the last node has ended: starts those that have ended again, at a line of input. */
  private void serve(InputStream in) throws IOException, InterruptedException {
    List<Process> running = running();
    while (!running.isEmpty()) {
      if (running.get(0).waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS) || !asked(in)) {
        running = running();
        continue;
      }
      if (running().size() == SIZE) {
        out.println("All nodes serve; kill one to see it come back.");
      }
      for (LocalNode node : nodes) {
        if (!processes.get(node).isAlive()) {
          start(node);
        }
      }
    }
  }

  // Never waits for input: a read could not be interrupted, and would keep Maven from ending.
  private static boolean asked(InputStream in) throws IOException {
    int there = in.available();
    return there > 0 && in.readNBytes(there).length > 0;
  }

  // Ctrl-C reaches the servers too; a signal to this process alone does not.
  private void stop() {
    List<Process> running;
    synchronized (this) {
      stopping = true;
      running = running();
    }
    if (!running.isEmpty()) {
      out.println("\nStopping the nodes ...");
      running.forEach(Process::destroy);
      running.forEach(process -> LocalNode.stop(process, STOP_PATIENCE));
      out.println("All nodes are stopped.");
    }
  }
}
