package org.typedsession.it.servers;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.as.controller.client.ModelControllerClient;
import org.jboss.dmr.ModelNode;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jspecify.annotations.Nullable;
import org.typedsession.it.client.Http;
import org.wildfly.plugin.tools.Deployment;
import org.wildfly.plugin.tools.DeploymentManager;
import org.wildfly.plugin.tools.DeploymentResult;
import org.wildfly.plugin.tools.UndeployDescription;

/** One server of a {@link Cluster}. What a test does to it is done when the method returns. */
public final class ClusterNode {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Http HTTP = new Http(Duration.ofSeconds(5), ForkJoinPool.commonPool());

  private final String name;
  private final int number;
  private final int offset;
  private final ContainerController containers;
  private final Path directory;
  private @Nullable ServerProcess process;

  ClusterNode(int number, ContainerController containers, Path home) {
    this.name = "node" + number;
    this.number = number;
    this.offset = 100 + 100 * number;
    this.containers = containers;
    this.directory = home.resolve(name);
  }

  /** Its name in {@code arquillian.xml}, in the cluster, and in the answers of the example. */
  public String name() {
    return name;
  }

  public int managementPort() {
    return 9990 + offset;
  }

  /** Where its root is, with a slash at the end. */
  public URI base() {
    return URI.create("http://127.0.0.1:" + (8080 + offset) + "/");
  }

  /** Its base directory. */
  public Path directory() {
    return directory;
  }

  public Path log() {
    return directory.resolve("log").resolve("server.log");
  }

  List<Rebalance> rebalances() {
    try (Stream<String> lines = Files.lines(log())) {
      return lines.flatMap(line -> Rebalance.of(line).stream()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An address of the loopback interface that is this node's alone. */
  String ownAddress() {
    return "127.0.1." + number;
  }

  /** The port of the transport, and that of the failure detection by sockets. */
  List<Integer> jgroupsPorts() {
    return List.of(7600 + offset, 7601 + offset);
  }

  public boolean isRunning() {
    return containers.isStarted(name);
  }

  void start() {
    containers.start(name);
    process = new ServerProcess(name, ProcessHandle.of(askForPid()).orElseThrow(), PATIENCE);
  }

  /** Shuts it down in an orderly way. */
  public void stop() {
    containers.stop(name);
    process = null;
  }

  /** Ends its process at once ({@code kill -9}), without any chance to say goodbye. */
  public void kill() {
    if (!isRunning()) {
      return;
    }
    if (process != null) {
      process.kill();
    }
    ended();
  }

  /**
   * Asks its process to end ({@code kill -TERM}), as {@code systemctl stop} and container platforms
   * do, and waits until it has.
   */
  public void terminate() {
    process().terminate();
    ended();
  }

  /**
   * Has it shut down, and waits until it has.
   *
   * @param drainSeconds how long requests may take to end before that
   */
  public void shutDown(int drainSeconds) {
    ModelNode shutdown = new ModelNode();
    shutdown.get("operation").set("shutdown");
    shutdown.get("suspend-timeout").set(drainSeconds);
    executeUnchecked(shutdown);
    process().awaitEnd();
    ended();
  }

  private void ended() {
    process = null;
    // Arquillian has not noticed yet, and would not start it again.
    containers.kill(name);
  }

  /**
   * Lets the requests that are being served end, and has new ones answered with 503.
   *
   * @param seconds how long they may take
   */
  public void drain(int seconds) {
    ModelNode suspend = new ModelNode();
    suspend.get("operation").set("suspend");
    suspend.get("suspend-timeout").set(seconds);
    executeUnchecked(suspend);
    await(name + " is drained")
        .atMost(PATIENCE)
        .until(() -> attribute("suspend-state").equals("SUSPENDED"));
  }

  /** Lets a drained node serve again. */
  public void serveAgain() {
    ModelNode resume = new ModelNode();
    resume.get("operation").set("resume");
    executeUnchecked(resume);
  }

  /** The names of the threads of its process. */
  public List<String> threads() {
    ModelNode dump = new ModelNode();
    dump.get("operation").set("dump-all-threads");
    dump.get("address")
        .set(new ModelNode().add("core-service", "platform-mbean").add("type", "threading"));
    dump.get("locked-monitors").set(false);
    dump.get("locked-synchronizers").set(false);
    return executeUnchecked(dump).asList().stream()
        .map(thread -> thread.get("thread-name").asString())
        .toList();
  }

  private String attribute(String attribute) {
    ModelNode read = new ModelNode();
    read.get("operation").set("read-attribute");
    read.get("name").set(attribute);
    return executeUnchecked(read).asString();
  }

  private ModelNode executeUnchecked(ModelNode operation) {
    try {
      return execute(operation);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Halts its process, which keeps its memory and its sockets ({@code kill -STOP}). */
  public void suspend() {
    process().suspend();
  }

  /** Lets a suspended process go on ({@code kill -CONT}). */
  public void resume() {
    process().resume();
  }

  /**
   * Deploys an application on this node only. It stays deployed when the node starts again.
   *
   * @return where it is, with a slash at the end
   */
  public URI deploy(Archive<?> archive) {
    try (ModelControllerClient client = management();
        InputStream content = archive.as(ZipExporter.class).exportAsInputStream();
        Deployment deployment = Deployment.of(content, archive.getName())) {
      check(DeploymentManager.create(client).deploy(deployment));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return application(archive);
  }

  /** Puts an application in the place of the one that is deployed under its name. */
  public void deployAgain(Archive<?> archive) {
    try (ModelControllerClient client = management();
        InputStream content = archive.as(ZipExporter.class).exportAsInputStream();
        Deployment deployment = Deployment.of(content, archive.getName())) {
      check(DeploymentManager.create(client).forceDeploy(deployment));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void undeploy(Archive<?> archive) {
    try (ModelControllerClient client = management()) {
      check(DeploymentManager.create(client).undeploy(UndeployDescription.of(archive.getName())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where an application is on this node, with a slash at the end. */
  public URI application(Archive<?> archive) {
    String context = archive.getName().replaceFirst("\\.war$", "");
    return context.equals("ROOT") ? base() : base().resolve(context + "/");
  }

  /** Waits until a GET of {@code address} is answered with 200. */
  public void awaitServes(URI address) {
    await(name + " serves " + address)
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> HTTP.send("GET", address, Http.NO_COOKIE).status() == 200);
  }

  /** Waits until this node sees so many members in its cluster, itself included. */
  public void awaitMembers(int count) {
    await(name + " sees " + count + " members")
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> view().members().size() == count);
  }

  /** Who it takes for the members of its cluster. */
  View view() throws IOException {
    ModelNode channel = new ModelNode().add("subsystem", "jgroups").add("channel", "ee");
    ModelNode read = new ModelNode();
    read.get("operation").set("read-attribute");
    read.get("address").set(channel);
    read.get("name").set("view");
    return View.of(execute(read).asString());
  }

  /** A connection to its management interface, which the caller closes. */
  public ModelControllerClient management() throws IOException {
    return ModelControllerClient.Factory.create("127.0.0.1", managementPort());
  }

  /**
   * Executes an operation of the management interface.
   *
   * @return its result
   */
  public ModelNode execute(ModelNode operation) throws IOException {
    try (ModelControllerClient client = management()) {
      ModelNode answer = client.execute(operation);
      if (!answer.get("outcome").asString().equals("success")) {
        throw new AssertionError(name + ": " + answer);
      }
      return answer.get("result");
    }
  }

  private long askForPid() {
    ModelNode runtime =
        new ModelNode().add("core-service", "platform-mbean").add("type", "runtime");
    ModelNode read = new ModelNode();
    read.get("operation").set("read-attribute");
    read.get("address").set(runtime);
    read.get("name").set("name");
    try {
      // Like "4711@host".
      return Long.parseLong(execute(read).asString().split("@", 2)[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ServerProcess process() {
    if (process == null) {
      throw new IllegalStateException(name + " is not running");
    }
    return process;
  }

  private void check(DeploymentResult result) {
    if (!result.successful()) {
      throw new AssertionError(name + ": " + result.getFailureMessage());
    }
  }
}
