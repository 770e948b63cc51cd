package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.ch.impl.DefaultConsistentHash;
import org.infinispan.distribution.ch.impl.SyncConsistentHashFactory;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.infinispan.remoting.transport.Address;
import org.infinispan.topology.CacheTopology;
import org.infinispan.topology.LocalTopologyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testing.Logs;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** A node that starts where it does not reach the others. */
final class NodeStartTest {
  private static final int SESSIONS = 50;
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private final Logs logs = new Logs();
  private final SimulatedCluster cluster =
      SimulatedCluster.ofLibrary(Members.Mode.PLAIN.configuration(true), 2, SimulatedCluster.CALM);
  private Node survivor = cluster.nodes().get(0);
  private Node other = cluster.nodes().get(1);

  @AfterEach
  void close() {
    cluster.close();
    logs.close();
  }

  private SessionStoreConnector<Account> over(Node node) {
    return node.awaited()
        .connector(
            cache ->
                new InfinispanSessionStoreConnector<>(
                    cache, "start", new AccountCodec(), clock, random, Duration.ofMinutes(15)));
  }

  private List<SessionId> created(SessionStoreConnector<Account> member) {
    List<SessionId> ids = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      SessionId id = cookies.next(Placement.ANYWHERE).id();
      assertThat(member.createSession(id, member.newSession(SessionExpiry.never(), Account.EMPTY)))
          .isInstanceOf(WriteSessionResult.Written.class);
      ids.add(id);
    }
    return ids;
  }

  private List<String> warnings(String id) {
    return logs.warnings().stream().filter(text -> text.startsWith(id)).toList();
  }

  private static void awaitReady(SessionStoreConnector<Account> member) {
    await()
        .atMost(DEADLINE)
        .untilAsserted(() -> assertThat(member.readiness()).isInstanceOf(Readiness.Ready.class));
  }

  private void cutAndNotice() {
    cluster.split(List.of(List.of(survivor), List.of(other)));
    cluster.notice(List.of(survivor));
    cluster.notice(List.of(other));
    await()
        .atMost(DEADLINE)
        .untilAsserted(
            () ->
                assertThat(List.of(survivor, other))
                    .allMatch(
                        node ->
                            node.cache().cache().getAvailability()
                                == AvailabilityMode.DEGRADED_MODE));
  }

  /**
   * @param first whether the node that is started again becomes the coordinator, with no cache yet
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sessions_cutOffNodeStartedAgainOutOfReach_areThereAfterTheHeal(boolean first) {
    survivor = cluster.nodes().get(first ? 1 : 0);
    other = cluster.nodes().get(first ? 0 : 1);
    SessionStoreConnector<Account> member = over(survivor);
    awaitReady(member);
    List<SessionId> ids = created(member);
    cutAndNotice();

    Node again = cluster.restart(other);
    SessionStoreConnector<Account> second = over(again);

    assertThat(again.manager().isRunning("sessions")).isFalse();
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> second.lookUpSession(ids.get(0)))
        .withMessageContaining("waits for 2 of 2 nodes");
    assertThat(second.readiness())
        .isInstanceOfSatisfying(
            Readiness.NotReady.class,
            not -> assertThat(not.reason()).contains("waits for 2 of 2 nodes", "sees 1"));
    await().atMost(DEADLINE).until(() -> !warnings("TSESS0106").isEmpty());

    cluster.heal();
    awaitReady(member);
    awaitReady(second);

    for (SessionStoreConnector<Account> node : List.of(member, second)) {
      assertThat(ids)
          .allSatisfy(
              id -> assertThat(node.lookUpSession(id)).isInstanceOf(SessionLookup.Live.class));
    }
    assertThat(warnings("TSESS0108")).hasSize(1);
  }

  /**
   * The coordinator had begun to learn who has what when the degraded mode ended. Then it takes the
   * cache for degraded, as nobody else does, and lets no node join.
   */
  @Test
  void sessions_degradedModeEndsWhileTheNodesMeet_areThereAfterTheHeal() {
    SessionStoreConnector<Account> member = over(survivor);
    awaitReady(member);
    List<SessionId> ids = created(member);
    cutAndNotice();
    Node again = cluster.restart(other);
    SessionStoreConnector<Account> second = over(again);

    SimulatedNetwork.Hold answers = cluster.network().hold(again.address(), survivor.address(), "");
    cluster.meet();
    await().atMost(DEADLINE).until(() -> answers.held() > 0);
    degradedModeEnds();
    cluster.network().forget(answers);

    awaitReady(second);
    assertThat(ids)
        .allSatisfy(
            id -> assertThat(second.lookUpSession(id)).isInstanceOf(SessionLookup.Live.class));
  }

  /** As the coordinator would have had it told, with two topologies that it knows no more. */
  private void degradedModeEnds() {
    AdvancedCache<String, String> cache = survivor.cache().cache();
    LocalTopologyManager topologies =
        ComponentRegistry.componentOf(cache, LocalTopologyManager.class);
    CacheTopology degraded = topologies.getCacheTopology(cache.getName());
    List<Address> alone = List.of(cache.getRpcManager().getAddress());
    DefaultConsistentHash hash =
        SyncConsistentHashFactory.getInstance()
            .updateMembers((DefaultConsistentHash) degraded.getCurrentCH(), alone, null);
    topologies
        .handleTopologyUpdate(
            cache.getName(),
            new CacheTopology(
                degraded.getTopologyId() + 2,
                degraded.getRebalanceId(),
                hash,
                null,
                CacheTopology.Phase.NO_REBALANCE,
                alone,
                degraded.getMembersPersistentUUIDs().subList(0, 1)),
            AvailabilityMode.AVAILABLE,
            cache.getRpcManager().getTransport().getViewId(),
            alone.get(0))
        .toCompletableFuture()
        .join();
    assertThat(cache.getAvailability()).isEqualTo(AvailabilityMode.AVAILABLE);
  }

  @Test
  void close_whileOthersAreWaitedFor_startsNothing() {
    cutAndNotice();
    Node again = cluster.restart(other);
    SessionStoreConnector<Account> waiting = over(again);

    again.awaited().close();
    cluster.network().heal();

    assertThat(again.awaited().cache()).isEmpty();
    assertThat(again.manager().isRunning("sessions")).isFalse();
    assertThat(waiting.readiness()).isInstanceOf(Readiness.NotReady.class);
  }
}
