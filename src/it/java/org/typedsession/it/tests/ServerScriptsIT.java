package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.dmr.ModelNode;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Cluster;
import org.typedsession.it.servers.ClusterNode;
import org.typedsession.it.servers.ServerCli;

/**
 * The scripts of {@code wildfly-config}, run by jboss-cli on a stopped server and a running one.
 */
@Tag("cluster")
@Tag("chaos")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class ServerScriptsIT {
  private static final List<String> CACHES =
      List.of("session-cache.cli", "cluster-cache.cli", "cluster-cache-transactional.cli");

  // To start a command line takes seconds, so what is only compared with is made once.
  private static final Map<String, Path> AFTER = new HashMap<>();

  @TempDir private static Path shared;

  @ArquillianResource private ContainerController containers;

  @TempDir private Path directory;

  @AfterEach
  void stopNodes() {
    containers.kill("node1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "session-cache.cli",
        "cluster-cache.cli",
        "cluster-cache-transactional.cli",
        "jgroups.cli"
      })
  void offline_anyScriptAgain_changesNothingMoreAndCanBeRemoved(String script) throws Exception {
    StoppedServer server = StoppedServer.copyOf(after(script), directory);
    String before = Files.readString(configuration(after("remove.cli")));
    String once = server.configuration();
    assertThat(before).doesNotContain("typedsession", "typed-sessions");
    assertThat(once).contains("typedsession");

    server.run(script, script);
    assertThat(server.configuration()).isEqualTo(once);

    server.run("remove.cli", "remove.cli");
    assertThat(server.configuration()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"session-cache.cli", "cluster-cache.cli", "cluster-cache-transactional.cli"})
  void offline_afterTheOtherCacheScripts_isAsIfRunAlone(String script) throws Exception {
    List<String> others = CACHES.stream().filter(other -> !other.equals(script)).toList();
    StoppedServer server = StoppedServer.copyOf(after("remove.cli"), directory);

    server.run(others.get(0), script, others.get(1), script);

    assertThat(server.configuration()).isEqualTo(Files.readString(configuration(after(script))));
  }

  @Test
  void offline_stackOfAnEarlierVersion_isMended() throws Exception {
    StoppedServer server = StoppedServer.copyOf(after("jgroups.cli"), directory);
    String asOfToday = server.configuration();
    // That version set nothing there.
    Path back =
        Files.writeString(
            directory.resolve("back.cli"),
            "/subsystem=jgroups/stack=typedsession/transport=TCP"
                + ":undefine-attribute(name=properties)");
    ServerCli.offline(directory, List.of(back));
    assertThat(server.configuration()).doesNotContain("tcp_nodelay");

    server.run("jgroups.cli");
    assertThat(server.configuration()).contains("tcp_nodelay").isEqualTo(asOfToday);

    server.run("jgroups.cli");
    assertThat(server.configuration()).isEqualTo(asOfToday);
  }

  @Test
  void online_allScriptsTwice_changeNothingMoreAndCanBeRemoved() throws Exception {
    Cluster cluster = new Cluster(containers, List.of("remove.cli"));
    ClusterNode node = cluster.start(1);
    ModelNode before = model(node);

    for (String script : Stream.concat(CACHES.stream(), Stream.of("jgroups.cli")).toList()) {
      ServerCli.online(node, ServerCli.script(script));
      ModelNode once = model(node);
      long writes = writes(node);
      ServerCli.online(node, ServerCli.script(script));
      assertThat(model(node)).as(script).isEqualTo(once).isNotEqualTo(before);
      assertThat(writes(node))
          .as("configurations written by a second %s", script)
          .isEqualTo(writes);
    }

    ServerCli.online(node, ServerCli.script("remove.cli"));
    assertThat(model(node)).isEqualTo(before);
    ServerCli.online(node, ServerCli.script("remove.cli"));
    assertThat(model(node)).isEqualTo(before);
  }

  @Test
  void online_clusterScripts_areInForceAfterAReload() throws Exception {
    Cluster cluster =
        new Cluster(containers, List.of("remove.cli"))
            .with("typedsession.when-split", "ALLOW_READ_WRITES")
            .with("typedsession.merge-policy", "PREFERRED_NON_NULL")
            .with("typed-session.infinispan.when-split", "serve");
    ClusterNode node = cluster.start(1);

    assertThat(ServerCli.online(node, ServerCli.script("jgroups.cli"))).contains("reload");
    ServerCli.online(node, ServerCli.script("cluster-cache-transactional.cli"));
    ServerCli.reload(node);

    WebArchive example = ExampleWar.asBuilt();
    WebApp app = new WebApp(node.deploy(example));
    assertThat(app.visit(app.newSession()).count()).isEqualTo(1);
    assertThat(Files.readString(node.log()))
        .contains("FD_SOCK2", "cache typed-sessions in the server's container")
        .doesNotContain("ERROR");
    assertSettings(node);
  }

  private static void assertSettings(ClusterNode node) throws IOException {
    ModelNode read = new ModelNode();
    read.get("operation").set("read-resource");
    read.get("recursive").set(true);
    read.get("resolve-expressions").set(true);
    read.get("address")
        .add("subsystem", "infinispan")
        .add("cache-container", "typedsession")
        .add("distributed-cache", "typed-sessions");
    ModelNode cache = node.execute(read);
    ModelNode components = cache.get("component");
    assertThat(cache.get("owners").asInt()).isEqualTo(2);
    assertThat(cache.get("remote-timeout").asInt()).isEqualTo(5000);
    assertThat(components.get("transaction", "mode").asString()).isEqualTo("NON_DURABLE_XA");
    assertThat(components.get("transaction", "locking").asString()).isEqualTo("OPTIMISTIC");
    assertThat(components.get("locking", "isolation").asString()).isEqualTo("REPEATABLE_READ");
    assertThat(components.get("locking", "acquire-timeout").asInt()).isEqualTo(2000);
    assertThat(components.get("expiration", "interval").asInt()).isEqualTo(60000);
    assertThat(components.get("partition-handling", "when-split").asString())
        .isEqualTo("ALLOW_READ_WRITES");
    assertThat(components.get("partition-handling", "merge-policy").asString())
        .isEqualTo("PREFERRED_NON_NULL");
    assertThat(transport(node).get("properties", "tcp_nodelay").asString()).isEqualTo("true");
    assertThat(stack(node))
        .containsExactlyInAnyOrder(
            "RED",
            "org.jgroups.protocols.TCPPING",
            "MERGE3",
            "FD_SOCK2",
            "FD_ALL3",
            "VERIFY_SUSPECT2",
            "NAKACK4",
            "UNICAST4",
            "pbcast.GMS",
            "FRAG4");
  }

  private static ModelNode transport(ClusterNode node) throws IOException {
    ModelNode read = new ModelNode();
    read.get("operation").set("read-resource");
    read.get("address")
        .add("subsystem", "jgroups")
        .add("stack", "typedsession")
        .add("transport", "TCP");
    return node.execute(read);
  }

  private static List<String> stack(ClusterNode node) throws IOException {
    ModelNode read = new ModelNode();
    read.get("operation").set("read-children-names");
    read.get("child-type").set("protocol");
    read.get("address").add("subsystem", "jgroups").add("stack", "typedsession");
    return node.execute(read).asList().stream().map(ModelNode::asString).toList();
  }

  /** The whole configuration as the server has it. */
  private static ModelNode model(ClusterNode node) throws IOException {
    ModelNode read = new ModelNode();
    read.get("operation").set("read-resource");
    read.get("recursive").set(true);
    read.get("address").setEmptyList();
    return node.execute(read);
  }

  /** How often the server has written its configuration: it keeps every version. */
  private static long writes(ClusterNode node) throws IOException {
    Path versions =
        node.directory()
            .resolve("configuration")
            .resolve("standalone_xml_history")
            .resolve("current");
    try (Stream<Path> files = Files.list(versions)) {
      return files.count();
    }
  }

  /** A stopped server on which nothing but {@code script} was run; not to be changed. */
  private static Path after(String script) throws IOException {
    Path known = AFTER.get(script);
    if (known != null) {
      return known;
    }
    Path base = shared.resolve(script);
    boolean isTheFirst = script.equals("remove.cli");
    StoppedServer server =
        StoppedServer.copyOf(
            isTheFirst
                ? Path.of(System.getProperty("server.home"), "standalone")
                : after("remove.cli"),
            base);
    server.run(script);
    AFTER.put(script, base);
    return base;
  }

  private static Path configuration(Path base) {
    return base.resolve("configuration").resolve("standalone.xml");
  }

  private record StoppedServer(Path base) {
    static StoppedServer copyOf(Path other, Path base) throws IOException {
      Cluster.copy(other, base);
      return new StoppedServer(base);
    }

    void run(String... scripts) {
      ServerCli.offline(base, Stream.of(scripts).map(ServerCli::script).toList());
    }

    String configuration() throws IOException {
      return Files.readString(ServerScriptsIT.configuration(base));
    }
  }
}
