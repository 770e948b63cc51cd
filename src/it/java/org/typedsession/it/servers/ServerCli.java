package org.typedsession.it.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** WildFly's own command line, as an administrator runs it: in a process of its own. */
public final class ServerCli {
  private static final Path SERVER = Path.of(System.getProperty("server.home")).toAbsolutePath();
  private static final Path SCRIPTS = Path.of("wildfly-config").toAbsolutePath();
  private static final long PATIENCE_SECONDS = 120;

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
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
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
    try {
      Path output = Files.createTempFile("jboss-cli", ".log");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("JBOSS_HOME", SERVER.toString());
        Process process = builder.start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("jboss-cli does not end: " + Files.readString(output));
        }
        String said = Files.readString(output);
        if (process.exitValue() != 0) {
          throw new AssertionError("jboss-cli failed: " + said);
        }
        return said;
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
