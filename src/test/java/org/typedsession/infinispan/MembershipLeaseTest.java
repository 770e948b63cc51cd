package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
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
}
