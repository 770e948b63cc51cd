package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Hold;
import org.typedsession.infinispan.SimulatedNetwork.Watch;
import org.typedsession.infinispan.container.StandardCacheConfiguration;
import org.typedsession.spi.Readiness;
import org.typedsession.testing.Logs;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** What nodes find out about each other's clocks. */
final class ClusterClocksTest {
  private static final MembershipLease.Timing OFTEN =
      new MembershipLease.Timing(Duration.ofSeconds(3), Duration.ofMillis(20));
  private static final String KEY = "typed-session/clock/";
  private static final String CODE = "TSESS0098";
  // One stores the question, the next learns the answer, and two more for good measure.
  private static final int ROUNDS = 4;

  private final MutableClock clock = new MutableClock();

  @ParameterizedTest
  @ValueSource(longs = {-3, 3})
  void clock_ofOneOfThree_isWarnedOfOnceByThatOne(long seconds) {
    try (Logs logs = new Logs();
        SimulatedCluster cluster = cluster(Members.Mode.PLAIN, false, 0, 0, seconds)) {
      Node wrong = cluster.nodes().get(2);
      awaitRemark(wrong);
      awaitRounds(cluster);

      assertThat(remark(wrong)).hasValueSatisfying(text -> assertThat(text).contains(CODE));
      assertThat(remark(wrong).orElseThrow())
          .contains(seconds > 0 ? "is behind by at least PT3S" : "is ahead by at least PT3S");
      assertThat(remarks(cluster.nodes().subList(0, 2))).isEmpty();
      assertThat(warnings(logs)).hasSize(1);
    }
  }

  @Test
  void clock_thatIsPutRight_isRemarkedOnNoMore() {
    MutableClock wrong = new MutableClock(clock.instant().plusSeconds(3));
    try (SimulatedCluster cluster = cluster(Members.Mode.PLAIN, false, 0, 0)) {
      Node node = cluster.join(wrong);
      awaitRemark(node);
      wrong.moveTo(clock.instant());

      Awaitility.await().until(() -> remark(node).isEmpty());
    }
  }

  /** Nobody can tell which is right, and the node that is cannot be the only one to keep quiet. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clocks_ofTwoThatDiffer_areRemarkedOnByBoth(boolean splitMayFork) {
    try (SimulatedCluster cluster = cluster(Members.Mode.PLAIN, splitMayFork, 0, 3)) {
      cluster.nodes().forEach(ClusterClocksTest::awaitRemark);

      assertThat(remark(cluster.nodes().get(0)).orElseThrow()).contains("is ahead by");
      assertThat(remark(cluster.nodes().get(1)).orElseThrow()).contains("is behind by");
    }
  }

  @Test
  void clocks_thatDifferByLittle_areNotRemarkedOn() {
    try (Logs logs = new Logs();
        SimulatedCluster cluster = cluster(Members.Mode.PLAIN, false, 0, 1, 2)) {
      awaitRounds(cluster);

      assertThat(remarks(cluster.nodes())).isEmpty();
      assertThat(warnings(logs)).isEmpty();
    }
  }

  @Test
  void clocks_thatAgreeOverASlowNetwork_areNotRemarkedOn() {
    try (Logs logs = new Logs();
        SimulatedCluster cluster = cluster(Members.Mode.PLAIN, false, 0, 0, 0)) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Hold> held = new ArrayList<>();
        for (Node from : cluster.nodes()) {
          for (Node to : cluster.nodes()) {
            if (from != to) {
              held.add(cluster.network().hold(from.address(), to.address(), KEY));
            }
          }
        }
        Awaitility.await().until(() -> held.stream().allMatch(hold -> hold.held() > 0));
        clock.advance(Duration.ofSeconds(10));
        held.forEach(Hold::release);
        Awaitility.await().until(() -> held.stream().allMatch(hold -> hold.arrived() > 0));
      }
      awaitRounds(cluster);

      assertThat(remarks(cluster.nodes())).isEmpty();
      assertThat(warnings(logs)).isEmpty();
    }
  }

  @Test
  void clock_inTransactions_isWarnedOfToo() {
    try (SimulatedCluster cluster = cluster(Members.Mode.OPTIMISTIC, false, 0, 0, 3)) {
      awaitRemark(cluster.nodes().get(2));

      assertThat(remarks(cluster.nodes().subList(0, 2))).isEmpty();
      // One after the other: a transaction that waits for a node that is gone holds up the end.
      cluster.nodes().forEach(cluster::leave);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10, 0, 0",
    "0, 10, 10, 0",
    "0, 10, 13, 3",
    "0, 10, -3, -3",
    "10, 0, 99, 0",
  })
  void certain_whatTheClockSaid_isWhatIsOutsideOfTheRoundTrip(
      long sent, long answered, long theirs, long expected) {
    assertThat(
            ClusterClocks.certain(
                Instant.ofEpochSecond(sent),
                Instant.ofEpochSecond(answered),
                Instant.ofEpochSecond(theirs)))
        .isEqualTo(Duration.ofSeconds(expected));
  }

  /** One node for each clock. */
  private SimulatedCluster cluster(Members.Mode mode, boolean splitMayFork, long... ahead) {
    SimulatedCluster cluster =
        new SimulatedCluster(
            splitMayFork
                ? StandardCacheConfiguration.standard(true, true)
                : mode.configuration(true),
            splitMayFork,
            0,
            OFTEN,
            1);
    for (long seconds : ahead) {
      cluster.join(() -> clock.instant().plusSeconds(seconds));
    }
    return cluster;
  }

  /** Returns when each node has asked each other some times more. */
  private static void awaitRounds(SimulatedCluster cluster) {
    List<Watch> watches = new ArrayList<>();
    for (Node from : cluster.nodes()) {
      for (Node to : cluster.nodes()) {
        if (from != to) {
          watches.add(cluster.network().watch(from.address(), to.address(), KEY, () -> {}));
        }
      }
    }
    Awaitility.await().until(() -> watches.stream().allMatch(watch -> watch.seen() >= ROUNDS));
  }

  private static void awaitRemark(Node node) {
    Awaitility.await().until(() -> remark(node).isPresent());
  }

  private static List<String> remarks(List<Node> nodes) {
    return nodes.stream().map(ClusterClocksTest::remark).flatMap(Optional::stream).toList();
  }

  /** Empty also while the node is not ready for another reason. */
  private static Optional<String> remark(Node node) {
    Readiness readiness =
        new InfinispanSessionStoreConnector<Account>(
                node.cache(),
                "c",
                new AccountCodec(),
                new MutableClock(),
                Seed.random(),
                Duration.ofMinutes(15))
            .readiness();
    return readiness instanceof Readiness.Ready ready ? ready.remark() : Optional.empty();
  }

  private static List<String> warnings(Logs logs) {
    return logs.warnings().stream().filter(line -> line.contains(CODE)).toList();
  }
}
