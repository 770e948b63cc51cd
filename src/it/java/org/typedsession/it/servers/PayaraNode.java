package org.typedsession.it.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.typedsession.testing.Program;

/**
 * A domain of a Payara server, made anew from the one that it comes with. It listens on 127.0.0.1
 * only. What a test does to it is done when the method returns.
 */
public final class PayaraNode implements AutoCloseable {
  private static final int FIRST_PORT = Integer.getInteger("payara.first-port");
  private static final int PORTS_PER_NODE = 10;
  private static final Path DOMAINS = Path.of(System.getProperty("payara.domains"));
  private static final Path STYLE = Path.of("src", "it", "servers", "domain.xsl");
  private static final Path ARCHIVES = DOMAINS.resolve("archives");
  private static final Duration PATIENCE = Duration.ofMinutes(6);
  private static final Pattern THREAD = Pattern.compile("(?m)^\"(.*?)\" ");

  private final String name;
  private final Path home;
  private final Path jdk;
  private final int firstPort;

  /**
   * Makes a domain, and does not start it.
   *
   * @param number 1 or more; tells it from the others, and says which ports it has
   * @param home the directory of the server
   * @param jdk what runs it
   */
  public PayaraNode(int number, Path home, Path jdk) {
    this.name = "node" + number;
    this.home = home;
    this.jdk = jdk;
    this.firstPort = FIRST_PORT + (number - 1) * PORTS_PER_NODE;
    // A test before this one that failed may have left it.
    close();
    try {
      Directories.delete(directory());
      Directories.copy(home.resolve("glassfish/domains/domain1"), directory(), file -> true);
      configure();
      Files.createDirectories(ARCHIVES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The node of this number, of the server that the build unpacked. */
  public static PayaraNode of(int number) {
    return new PayaraNode(
        number,
        Path.of(System.getProperty("payara.home")),
        Path.of(System.getProperty("java.home")));
  }

  /** The port that the application's own Infinispan is told to listen on. */
  public int clusterPort() {
    return firstPort + 2;
  }

  private Path directory() {
    return DOMAINS.resolve(name);
  }

  private void configure() throws IOException {
    Path original = home.resolve("glassfish/domains/domain1/config/domain.xml");
    try {
      Transformer transformer =
          TransformerFactory.newInstance().newTransformer(new StreamSource(STYLE.toFile()));
      transformer.setParameter("http-port", firstPort);
      transformer.setParameter("management-port", firstPort + 1);
      transformer.setParameter(
          "jvm-option", "-Dtyped-session.infinispan.bind-port=" + clusterPort());
      transformer.transform(
          new StreamSource(original.toFile()),
          new StreamResult(directory().resolve("config/domain.xml").toFile()));
    } catch (TransformerException e) {
      throw new IOException(e);
    }
  }

  public void start() {
    asadmin("start-domain", "--domaindir", DOMAINS.toString(), name);
  }

  /** Ends its process at once ({@code kill -9}), without any chance to say goodbye. */
  public void kill() {
    process().orElseThrow().kill();
  }

  /** Shuts it down if it runs. */
  @Override
  public void close() {
    process()
        .ifPresent(
            process -> {
              try {
                process.terminate();
              } finally {
                process.kill();
              }
            });
  }

  private Optional<ServerProcess> process() {
    Path file = directory().resolve("config/pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      // The number may be another process's by now.
      return ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
          .filter(process -> process.info().commandLine().orElse("").contains(name))
          .map(process -> new ServerProcess(name, process, PATIENCE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deploys an application, in place of the one of its name if there is one. */
  public void deploy(Archive<?> archive) {
    File file = ARCHIVES.resolve(name + "-" + archive.getName()).toFile();
    archive.as(ZipExporter.class).exportTo(file, true);
    String application = application(archive);
    asadmin("deploy", "--force", "--name", application, "--contextroot", application, "" + file);
  }

  public void undeploy(Archive<?> archive) {
    asadmin("undeploy", application(archive));
  }

  private static String application(Archive<?> archive) {
    return archive.getName().replaceFirst("\\.war$", "");
  }

  /** Where an application is on this node, with a slash at the end. */
  public URI address(Archive<?> archive) {
    return URI.create("http://127.0.0.1:" + firstPort + "/" + application(archive) + "/");
  }

  /** The names of the threads of its process. */
  public List<String> threads() {
    return THREAD.matcher(jcmd("Thread.print")).results().map(match -> match.group(1)).toList();
  }

  /** What is in its heap and can be reached. */
  public Heap heap() {
    // Each of them is a full collection; what the first one leaves to finalizers, the last one has.
    jcmd("GC.run");
    jcmd("GC.run_finalization");
    return Heap.of(jcmd("GC.class_histogram"));
  }

  /** The log of its server. */
  public String log() {
    try {
      return Files.readString(directory().resolve("logs/server.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String jcmd(String command) {
    String pid = Long.toString(process().orElseThrow().handle().pid());
    return run(List.of(jdk.resolve("bin/jcmd").toString(), pid, command));
  }

  private void asadmin(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(jdk.resolve("bin/java").toString());
    command.add("-jar");
    command.add(home.resolve("glassfish/lib/client/appserver-cli.jar").toString());
    command.add("--host=127.0.0.1");
    command.add("--port=" + (firstPort + 1));
    command.addAll(List.of(arguments));
    run(command);
  }

  private String run(List<String> command) {
    Map<String, String> environment = Map.of("AS_JAVA", "" + jdk, "JAVA_HOME", "" + jdk);
    return new Program(command, environment).run(PATIENCE);
  }

  @Override
  public String toString() {
    return name;
  }
}
