package org.typedsession.it.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class RebalanceTest {
  private static final String CLUSTER =
      "2025-01-25 10:28:44,802 INFO  [org.infinispan.CLUSTER] (thread-6,null,node1(v=16.0.5)) ";

  @Test
  void of_aLineOfTheLeader_isRead() {
    assertThat(
            Rebalance.of(
                CLUSTER
                    + "[Context=typed-sessions] ISPN100002: Starting rebalance with members "
                    + "[node1, node2], phase READ_OLD_WRITE_ALL, topology id 6"))
        .contains(new Rebalance("2025-01-25 10:28:44,802", false, Set.of("node1", "node2")));
    assertThat(
            Rebalance.of(
                CLUSTER
                    + "[Context=typed-sessions] ISPN100010: Finished rebalance with members "
                    + "[node2], topology id 9"))
        .contains(new Rebalance("2025-01-25 10:28:44,802", true, Set.of("node2")));
  }

  @Test
  void of_otherLines_isNothing() {
    String finished = "ISPN100010: Finished rebalance with members [node1], topology id 9";
    assertThat(Rebalance.of("")).isEmpty();
    assertThat(Rebalance.of(CLUSTER + "ISPN100000: Node node3 joined the cluster")).isEmpty();
    assertThat(Rebalance.of(CLUSTER + "[Context=org.infinispan.CONFIG] " + finished)).isEmpty();
    assertThat(
            Rebalance.of(
                CLUSTER.replace("CLUSTER", "LIFECYCLE") + "[Context=typed-sessions] " + finished))
        .isEmpty();
  }
}
