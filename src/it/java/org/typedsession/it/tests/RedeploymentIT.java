package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.it.apps.CartWar;
import org.typedsession.it.servers.Heap;
import org.typedsession.it.servers.PayaraNode;
import org.typedsession.testing.FigureFile;
import org.typedsession.testing.http.Answer;

/**
 * An application that starts an Infinispan of its own is deployed again and again: neither threads
 * nor class loaders stay behind. Leaves its figures in {@code target/contract}.
 */
@Tag("cluster")
@Tag("payara-cluster")
final class RedeploymentIT {
  private static final int TIMES = 20;
  // What one application takes is an order of magnitude more, twenty times.
  private static final long NOISE = 15_000_000;
  private static final Pattern OURS =
      Pattern.compile(
          "(?i).*(ispn|infinispan|jgroups|typed-session|Rx|-blocking-thread|blocking-thread-|"
              + "expiration-thread|timeout-thread|bundler|TcpServer|Connection\\.|Timer runner).*");

  @ParameterizedTest
  @ValueSource(strings = {"local", "clustered"})
  void deploy_twentyTimes_leavesNothingBehind(String kind) {
    FigureFile figures =
        FigureFile.of(
            "payara-redeployment-" + kind,
            "deployments,class loaders,cache managers,heap bytes,threads");
    figures.clear();
    try (PayaraNode server = PayaraNode.of(1)) {
      WebArchive war = CartWar.with(kind.equals("local") ? Map.of() : cluster(server));
      server.start();
      List<String> threadsBefore = ours(server);
      Heap first = null;
      for (int times = 1; times <= TIMES; times++) {
        server.deploy(war);
        CartClient client = new CartClient();
        assertThat(addUntilServed(client, server, war).body()).isEqualTo("[tea]");
        Heap heap = server.heap();
        figures.append(line(times, heap, server));
        assertThat(heap.cacheManagers()).isEqualTo(1);
        // The first deployment initializes the server, the second what is there from then on: the
        // JDK's ObjectMethods keeps the class of the last record that was compared.
        if (times == 2) {
          first = heap;
        }
      }
      Heap last = server.heap();

      assertThat(last.applications()).isLessThanOrEqualTo(first.applications());
      assertThat(last.bytes()).isLessThan(first.bytes() + NOISE);

      server.undeploy(war);

      await("threads end")
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () -> assertThat(ours(server)).containsExactlyInAnyOrderElementsOf(threadsBefore));
      Heap end = server.heap();
      figures.append(line(TIMES, end, server));
      assertThat(end.cacheManagers()).isZero();
    }
  }

  private static Map<String, String> cluster(PayaraNode server) {
    return Map.of("infinispan.initial-hosts", "127.0.0.1[" + server.clusterPort() + "]");
  }

  // A node of a cluster serves when it has got its lease.
  private static Answer addUntilServed(CartClient client, PayaraNode server, WebArchive war) {
    return await("served")
        .atMost(Duration.ofMinutes(2))
        .until(() -> client.add("tea", server.address(war)), answer -> answer.status() == 200);
  }

  private static List<String> ours(PayaraNode server) {
    return server.threads().stream().filter(name -> OURS.matcher(name).matches()).toList();
  }

  private static String line(int times, Heap heap, PayaraNode server) {
    return "%d,%d,%d,%d,%d"
        .formatted(
            times,
            heap.applications(),
            heap.cacheManagers(),
            heap.bytes(),
            server.threads().size());
  }
}
