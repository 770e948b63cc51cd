package org.typedsession.example.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.wildfly.core.launcher.Launcher;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/**
 * A server of the cluster, on this machine.
 *
 * @param name its name in the cluster
 * @param offset what is added to each of WildFly's ports
 */
record LocalNode(String name, int offset) {
  private static final String LOCAL = "127.0.0.1";
  private static final Pattern MEMBERS = Pattern.compile("\"members\":(\\d+)");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  int httpPort() {
    return 8080 + offset;
  }

  private int jgroupsPort() {
    return 7600 + offset;
  }

  URI page() {
    return URI.create("http://localhost:" + httpPort() + "/");
  }

  /** As JGroups wants to have it. */
  String jgroupsAddress() {
    return LOCAL + "[" + jgroupsPort() + "]";
  }

  /** What it listens on, and what for. */
  private Map<Integer, String> ports() {
    Map<Integer, String> ports = new LinkedHashMap<>();
    ports.put(httpPort(), "HTTP");
    ports.put(9990 + offset, "management");
    ports.put(jgroupsPort(), "JGroups");
    ports.put(jgroupsPort() + 1, "failure detection of JGroups");
    return ports;
  }

  /** The ports that somebody else listens on, each with what it is for. */
  List<String> takenPorts() {
    return ports().entrySet().stream()
        .filter(port -> isTaken(port.getKey()))
        .map(port -> port.getKey() + " (" + port.getValue() + " of " + name + ")")
        .toList();
  }

  private static boolean isTaken(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As the server does it; otherwise the connections of the run before would count.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(LOCAL, port));
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  Path log(Path directory) {
    return base(directory).resolve("log").resolve("server.log");
  }

  private Path base(Path directory) {
    return directory.resolve(name);
  }

  /**
   * Starts the server, with nothing left of an earlier run.
   *
   * @param server the WildFly
   * @param war the application, which becomes the root of the server
   * @param directory below which it keeps its files
   * @param properties system properties
   */
  Process start(Path server, Path war, Path directory, Map<String, String> properties)
      throws IOException {
    Path base = base(directory);
    delete(base);
    Path configuration = Files.createDirectories(base.resolve("configuration"));
    Path source = server.resolve("standalone").resolve("configuration");
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, configuration.resolve(file.getFileName()));
      }
    }
    Files.copy(war, Files.createDirectories(base.resolve("deployments")).resolve("ROOT.war"));
    StandaloneCommandBuilder command =
        StandaloneCommandBuilder.of(server)
            .setBaseDirectory(base.toAbsolutePath())
            .addJavaOptions("-Xmx384m", "-Djava.net.preferIPv4Stack=true")
            .addServerArguments(
                // The page is on http://localhost.
                "-Dtyped-session.cookie.secure=false",
                "-Djboss.node.name=" + name,
                "-Djboss.tx.node.id=" + name,
                "-Djboss.socket.binding.port-offset=" + offset);
    properties.forEach((key, value) -> command.addServerArgument("-D" + key + "=" + value));
    return Launcher.of(command)
        .setRedirectErrorStream(true)
        .redirectOutput(base.resolve("console.log"))
        .launch();
  }

  /** How many nodes it says to be in its cluster, or empty if it does not serve. */
  OptionalInt members() {
    URI address = URI.create("http://" + LOCAL + ":" + httpPort() + "/api/cluster");
    try {
      Matcher members =
          MEMBERS.matcher(
              HTTP.send(
                      HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(5)).build(),
                      BodyHandlers.ofString())
                  .body());
      return members.find()
          ? OptionalInt.of(Integer.parseInt(members.group(1)))
          : OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  /** Ends {@code process}, politely if it lets itself be asked. */
  static void stop(Process process, Duration patience) {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
