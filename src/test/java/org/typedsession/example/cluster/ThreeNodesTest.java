package org.typedsession.example.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ThreeNodesTest {
  @Test
  void nodes_withAnOffset_areAHundredPortsApart() {
    List<LocalNode> nodes = ThreeNodes.nodes(1000);

    assertThat(nodes).extracting(LocalNode::name).containsExactly("node1", "node2", "node3");
    assertThat(nodes).extracting(LocalNode::httpPort).containsExactly(9080, 9180, 9280);
  }

  @Test
  void properties_always_nameAllNodesToEachOfThem() {
    assertThat(ThreeNodes.properties(ThreeNodes.nodes(0)))
        .containsEntry(
            "typedsession.initial-hosts", "127.0.0.1[7600],127.0.0.1[7700],127.0.0.1[7800]")
        .containsEntry("example.nodes", "node1:8080,node2:8180,node3:8280");
  }

  @Test
  void takenPorts_somebodyListens_namesThePortAndWhatItIsFor() throws Exception {
    try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = somebody.getLocalPort();

      assertThat(new LocalNode("node2", port - 8080).takenPorts())
          .contains(port + " (HTTP of node2)");
      assertThat(new LocalNode("node3", port - 7600).takenPorts())
          .contains(port + " (JGroups of node3)");
      assertThat(ThreeNodes.taken(List.of(port + " (HTTP of node2)")))
          .contains(port + " (HTTP of node2)", "-Dcluster.port-offset=");
    }
  }

  @Test
  void takenPorts_nobodyListensAnyMore_areFree() throws Exception {
    int port;
    try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      port = somebody.getLocalPort();
    }

    assertThat(new LocalNode("node1", port - 8080).takenPorts())
        .doesNotContain(port + " (HTTP of node1)");
  }
}
