package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.typedsession.it.client.load.Load;
import org.typedsession.it.client.load.LoadPlan;
import org.typedsession.it.client.load.LoadResult;
import org.typedsession.it.client.load.Node;
import org.typedsession.it.tests.FaultInjection.Kind;
import org.typedsession.it.tests.FaultInjection.Role;
import org.typedsession.it.tests.FaultInjection.Trial;

final class FaultInjectionFiguresTest {
  private static Trial trial(Load load, Kind kind, Role role) {
    return new Trial(
        kind, "node1", role, List.of("node2"), load.fault("begin"), load.fault("end"), load.now());
  }

  @Test
  void figures_ofFaultsOfTheCoordinator_areToldApart(@TempDir Path directory) throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    List<Node> nodes = List.of(new Node("node2", URI.create("http://127.0.0.1:" + nobody + "/")));
    try (Load load = Load.start(LoadPlan.of(nodes).withBrowsers(1, 0))) {
      List<Trial> trials =
          List.of(
              trial(load, Kind.KILL, Role.OTHER),
              trial(load, Kind.PAUSE, Role.OTHER),
              trial(load, Kind.KILL, Role.COORDINATOR),
              trial(load, Kind.KILL, Role.OTHER));
      await().until(() -> load.answers() > 1);
      LoadResult result = load.finish(List.of(), Duration.ofSeconds(1));
      FaultInjectionFigures figures = new FaultInjectionFigures(trials, result);

      assertThat(figures.table())
          .hasSize(4)
          .satisfiesExactly(
              line -> assertThat(line).startsWith("KILL of COORDINATOR x 1: "),
              line -> assertThat(line).startsWith("KILL of OTHER x 2: "),
              line -> assertThat(line).startsWith("PAUSE of OTHER x 1: "),
              line -> assertThat(line).startsWith("4 faults, 0 operations, 0 acknowledged"));
      Path file = directory.resolve("figures.csv");
      figures.write(file);
      assertThat(Files.readAllLines(file))
          .filteredOn(line -> line.matches("(KILL|PAUSE),(OTHER|COORDINATOR),.*"))
          .extracting(line -> line.replaceFirst("^(\\w+,\\w+,\\d+),.*", "$1"))
          .containsExactly("KILL,COORDINATOR,1", "KILL,OTHER,2", "PAUSE,OTHER,1");
    }
  }
}
