package org.typedsession.it.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.typedsession.testing.Program;

/** WildFly's own command line, as an administrator runs it: in a process of its own. */
public final class ServerCli {
  private static final Path SERVER = Path.of(System.getProperty("server.home")).toAbsolutePath();
  private static final Path SCRIPTS = Path.of("wildfly-config").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private ServerCli() {}

  /** One of the scripts of {@code wildfly-config}. */
  public static Path script(String name) {
    return SCRIPTS.resolve(name);
  }

  /**
   * Runs scripts, one after another, on a server that is not running.
   *
   * @param base the base directory of that server
   * @return what the CLI said
   */
  public static String offline(Path base, List<Path> scripts) {
    List<String> lines = new ArrayList<>();
    lines.add("embed-server --server-config=standalone.xml --std-out=discard");
    try {
      for (Path script : scripts) {
        lines.addAll(Files.readAllLines(script));
      }
      lines.add("stop-embedded-server");
      Path all = Files.write(base.resolve("offline.cli"), lines);
      return run("-Djboss.server.base.dir=" + base.toAbsolutePath(), "--file=" + all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a script on a running server.
   *
   * @return what the CLI said
   */
  public static String online(ClusterNode node, Path script) {
    return connected(node, "--file=" + script);
  }

  /** Has a running server read its configuration again, and waits until it has. */
  public static void reload(ClusterNode node) {
    connected(node, "--command=reload");
  }

  private static String connected(ClusterNode node, String argument) {
    return run(
        "-Djava.net.preferIPv4Stack=true",
        "--connect",
        "--controller=127.0.0.1:" + node.managementPort(),
        argument);
  }

  private static String run(String option, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Program.ofJdk("java"));
    // It lives for seconds: what a compiler or a collector could gain comes too late.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add(option);
    command.add("-jar");
    command.add(SERVER.resolve("jboss-modules.jar").toString());
    command.add("-mp");
    command.add(SERVER.resolve("modules").toString());
    command.add("org.jboss.as.cli");
    command.addAll(List.of(arguments));
    return new Program(command, Map.of("JBOSS_HOME", SERVER.toString())).run(PATIENCE);
  }
}
