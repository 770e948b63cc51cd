package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

final class MembershipLeaseTest {
  private static final MembershipLease.Timing TIMING =
      new MembershipLease.Timing(Duration.ofSeconds(3), Duration.ofMillis(200));

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);

  /** It would have none of the others' sessions, and would take every cookie for a stranger's. */
  @Test
  void node_thatStartsAlone_servesWhenItHasMetAMajority() {
    try (SimulatedCluster cluster = cluster(1)) {
      SessionStoreConnector<Account> alone = over(cluster.nodes().get(0));

      assertRefuses(alone);
      assertThat(alone.readiness()).isInstanceOf(Readiness.NotReady.class);

      Node second = cluster.join();
      awaitReady(alone);
      awaitReady(over(second));
      SessionId id = begin(alone);

      assertThat(over(second).readSession(id)).isPresent();
    }
  }

  @Test
  void node_whoseMajorityWasTakenOutOfService_goesOn() {
    try (SimulatedCluster cluster = cluster(2)) {
      SessionStoreConnector<Account> first = over(cluster.nodes().get(0));
      awaitReady(first);
      SessionId id = begin(first);
      cluster.leave(cluster.nodes().get(1));
      cluster.awaitWhole();

      assertThat(first.readSession(id)).isPresent();
    }
  }

  @Test
  void node_cutOffWithoutKnowing_refusesAndServesAgainAfterwards() {
    try (SimulatedCluster cluster = cluster(3)) {
      List<Node> nodes = cluster.nodes();
      SessionStoreConnector<Account> cutOff = over(nodes.get(2));
      nodes.forEach(node -> awaitReady(over(node)));
      SessionId id = begin(cutOff);
      cluster.split(List.of(nodes.subList(0, 2), List.of(nodes.get(2))));
      Awaitility.await().until(() -> cutOff.readiness() instanceof Readiness.NotReady);

      assertRefuses(cutOff);
      awaitReady(over(nodes.get(0)));

      cluster.heal();
      awaitReady(cutOff);

      assertThat(cutOff.readSession(id)).isPresent();
    }
  }

  private static SimulatedCluster cluster(int size) {
    return new SimulatedCluster(Members.Mode.PLAIN.configuration(true), false, size, TIMING, 3);
  }

  private static void assertRefuses(SessionStoreConnector<Account> connector) {
    SessionId id = new RandomSessionCookieGenerator(Seed.random()).next(Placement.ANYWHERE).id();
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> connector.lookUpSession(id));
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> connector.createSession(id, SessionExpiry.never(), Account.EMPTY));
  }

  private static void awaitReady(SessionStoreConnector<Account> connector) {
    Awaitility.await().until(() -> connector.readiness() instanceof Readiness.Ready);
  }

  private SessionId begin(SessionStoreConnector<Account> connector) {
    SessionId id = cookies.next(connector.placement(null)).id();
    assertThat(connector.createSession(id, SessionExpiry.never(), Account.EMPTY))
        .isInstanceOf(WriteSessionResult.Written.class);
    return id;
  }

  private SessionStoreConnector<Account> over(Node node) {
    return new InfinispanSessionStoreConnector<>(
        node.cache(), "l", new AccountCodec(), new MutableClock(), random, Duration.ofMinutes(15));
  }

  /**
   * Whoever leads a view without a node has given up on all members before it in the view, and has
   * more than half of the members left.
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 4, 5, 6, 7, 8, 9, 10, 11})
  void eldest_areAllWhoCouldGoOnWithoutANode(int members) {
    for (int leader = 0; leader < members; leader++) {
      for (int leftOut = 0; leftOut < members; leftOut++) {
        int lost = leftOut < leader ? leader : leader + 1;
        if (leftOut != leader && members - lost > members / 2) {
          assertThat(isHeldWithout(leader, leftOut, members))
              .as("the lease of %d of %d, unheard by %d", leftOut, members, leader)
              .isFalse();
        }
      }
    }
  }

  @Test
  void eldest_ofThree_areOne() {
    assertThat(isHeldWithout(2, 0, 3)).isTrue();
    assertThat(isHeldWithout(2, 1, 3)).isTrue();
    assertThat(isHeldWithout(1, 2, 3)).isTrue();
  }

  private static boolean isHeldWithout(int unheard, int holder, int members) {
    long[] heard =
        IntStream.range(0, members)
            .filter(member -> member != holder)
            .mapToLong(member -> member == unheard ? Heartbeats.NEVER : 1)
            .toArray();
    return MembershipLease.Rule.ELDEST.since(heard, members / 2) != Heartbeats.NEVER;
  }
}
