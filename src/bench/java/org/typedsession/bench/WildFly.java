package org.typedsession.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.as.controller.client.ModelControllerClient;
import org.jboss.dmr.ModelNode;
import org.typedsession.it.servers.ServerCli;
import org.typedsession.testing.http.RawConnection;
import org.wildfly.core.launcher.Launcher;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** Servers of this machine with all {@linkplain Site sites}: one by itself, or a cluster. */
final class WildFly implements AutoCloseable {
  private static final int FIRST_OFFSET = 9_000;
  private static final int STEP = 100;
  private static final Duration START_PATIENCE = Duration.ofMinutes(5);
  private static final long STOP_PATIENCE_SECONDS = 30;
  // Each login leaves a tombstone for as long as its session lives. Visitors who log in a thousand
  // times in a minute leave more of them than any application has to hold.
  private static final String HEAP = "-Xmx1536m";

  private final int size;
  private final List<Process> processes = new ArrayList<>();

  /**
   * Bytes and messages that the nodes have sent each other, and the processor time that they have
   * used.
   */
  record Usage(long cpuNanos, long bytes, long messages) {
    Usage since(Usage before) {
      return new Usage(
          cpuNanos - before.cpuNanos, bytes - before.bytes, messages - before.messages);
    }
  }

  WildFly(int size, Path folder) throws IOException {
    this.size = size;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop-servers"));
    // One after the other: the first one is a cluster already when the next one asks for it.
    for (int node = 0; node < size; node++) {
      Path base = prepare(folder.resolve((size == 1 ? "single" : "node") + (node + 1)));
      start(node, base);
      await(node);
    }
    if (size > 1) {
      awaitCopied(folder.resolve("node1").resolve("log").resolve("server.log"));
    }
    // Which this library refuses without a majority of the nodes.
    for (int node = 0; node < size; node++) {
      for (Site site : Site.all()) {
        await(node, site, "POST", "/begin");
      }
    }
  }

  private Path prepare(Path base) throws IOException {
    if (Files.exists(base)) {
      try (Stream<Path> files = Files.walk(base)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
    Path configuration = Files.createDirectories(base.resolve("configuration"));
    Path source = server().resolve("standalone").resolve("configuration");
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, configuration.resolve(file.getFileName()));
      }
    }
    Path deployments = Files.createDirectories(base.resolve("deployments"));
    for (Site site : Site.all()) {
      site.deploy(deployments);
    }
    if (size == 1) {
      // In place of the distributed cache, as the guide has it for a single server.
      ServerCli.offline(base, List.of(ServerCli.script("session-cache.cli")));
    }
    return base;
  }

  private static Path server() {
    return Path.of(System.getProperty("server.home"));
  }

  private static int offset(int node) {
    return FIRST_OFFSET + node * STEP;
  }

  private void start(int node, Path base) throws IOException {
    String name = "node" + (node + 1);
    StandaloneCommandBuilder command =
        StandaloneCommandBuilder.of(server())
            .setBaseDirectory(base.toAbsolutePath())
            .addJavaOptions(HEAP, "-Djava.net.preferIPv4Stack=true")
            .addServerArguments(
                "-Djboss.node.name=" + name,
                "-Djboss.tx.node.id=" + name,
                "-Djboss.socket.binding.port-offset=" + offset(node),
                "-Dtypedsession.initial-hosts="
                    + IntStream.range(0, size)
                        .mapToObj(each -> "127.0.0.1[%d]".formatted(7600 + offset(each)))
                        .collect(Collectors.joining(",")));
    processes.add(
        Launcher.of(command)
            .setRedirectErrorStream(true)
            .redirectOutput(base.resolve("console.log"))
            .launch());
  }

  /** Where a node serves. */
  static URI address(int node) {
    return URI.create("http://127.0.0.1:" + (8080 + offset(node)));
  }

  private void await(int node) {
    for (Site site : Site.all()) {
      await(node, site, "GET", "/none");
    }
    if (size > 1) {
      Awaitility.await("node %d has joined".formatted(node + 1))
          .atMost(START_PATIENCE)
          .until(() -> channel(node, "view").asString().contains("(" + (node + 1) + ")"));
    }
  }

  // Otherwise sessions that are begun meanwhile lose the owner that they were placed with.
  private static void awaitCopied(Path logOfFirst) {
    List<String> lasts =
        Stream.concat(
                Stream.of("typed-sessions"),
                Stream.of(Site.DISTRIBUTABLE, Site.TUNED)
                    .map(site -> site.context().substring(1) + ".war"))
            .map(
                cache ->
                    "[Context=%s] ISPN100010: Finished rebalance with members [node1, node2, node3]"
                        .formatted(cache))
            .toList();
    Awaitility.await("all have what they are to have: " + lasts)
        .atMost(START_PATIENCE)
        .until(
            () -> {
              List<String> lines =
                  Files.readAllLines(logOfFirst).stream()
                      .filter(line -> line.contains("org.infinispan.CLUSTER"))
                      .toList();
              return lasts.stream()
                  .allMatch(last -> lines.stream().anyMatch(line -> line.contains(last)));
            });
  }

  private void await(int node, Site site, String method, String path) {
    Awaitility.await("node %d serves %s of %s".formatted(node + 1, path, site))
        .atMost(START_PATIENCE)
        .pollInterval(Duration.ofMillis(250))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> serves(node, site, method, path));
  }

  private boolean serves(int node, Site site, String method, String path) throws IOException {
    if (!processes.get(node).isAlive()) {
      throw new IllegalStateException("node " + (node + 1) + " has ended; see its console.log");
    }
    try (RawConnection connection = new RawConnection(address(node))) {
      return connection.send(method, site.context() + path, "").status() == 200;
    }
  }

  List<Process> processes() {
    return List.copyOf(processes);
  }

  /** What all nodes together have used so far. */
  Usage usage() {
    long cpu = 0;
    long bytes = 0;
    long messages = 0;
    for (int node = 0; node < size; node++) {
      cpu += processes.get(node).toHandle().info().totalCpuDuration().orElseThrow().toNanos();
      if (size > 1) {
        bytes += channel(node, "sent-bytes").asLong();
        messages += channel(node, "sent-messages").asLong();
      }
    }
    return new Usage(cpu, bytes, messages);
  }

  private static ModelNode channel(int node, String attribute) {
    ModelNode read = new ModelNode();
    read.get("operation").set("read-attribute");
    read.get("address").set(new ModelNode().add("subsystem", "jgroups").add("channel", "ee"));
    read.get("name").set(attribute);
    try (ModelControllerClient client =
        ModelControllerClient.Factory.create("127.0.0.1", 9990 + offset(node))) {
      ModelNode answer = client.execute(read);
      if (!answer.get("outcome").asString().equals("success")) {
        throw new IllegalStateException(answer.toString());
      }
      return answer.get("result");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      try {
        if (!process.waitFor(STOP_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
