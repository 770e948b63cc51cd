package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.distribution.ch.ConsistentHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.InfinispanSessionStoreConnector;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.SimulatedCluster;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.testing.Logs;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** A member whose configuration of the cache is not that of its cluster. */
final class ClusterShapeTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final Logs logs = new Logs();
  private final Configuration standard = Members.Mode.PLAIN.configuration(true);
  private final SimulatedCluster cluster = SimulatedCluster.calm(standard, 2);

  @AfterEach
  void close() {
    cluster.close();
    logs.close();
  }

  private static SessionStoreConnector<Account> over(Node node) {
    return new InfinispanSessionStoreConnector<>(
        node.cache(),
        "shape",
        new AccountCodec(),
        new MutableClock(),
        Seed.random(),
        Duration.ofMinutes(15));
  }

  private ConfigurationBuilder other() {
    return new ConfigurationBuilder().read(standard);
  }

  private void assertServesNothing(Configuration other, String own) {
    SessionStoreConnector<Account> stranger = over(cluster.joinWith(other));
    RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(Seed.random());

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> stranger.lookUpSession(cookies.next(Placement.ANYWHERE).id()))
        .withMessageContaining(own)
        .withMessageContaining("256 segments with 2 owners each, distributed");
    assertThat(stranger.readiness())
        .isInstanceOfSatisfying(
            Readiness.NotReady.class,
            not ->
                assertThat(not.reason())
                    .contains(own, "256 segments with 2 owners each, distributed"));
    await().atMost(DEADLINE).until(() -> logs.errors().size() == 1);
    assertThat(logs.errors()).allMatch(text -> text.startsWith("TSESS0109") && text.contains(own));
    SessionStoreConnector<Account> member = over(cluster.nodes().get(0));
    await().atMost(DEADLINE).until(() -> member.readiness() instanceof Readiness.Ready);
  }

  @Test
  void member_withMoreSegments_servesNothing() {
    ConfigurationBuilder other = other();
    other.clustering().hash().numSegments(512);

    assertServesNothing(other.build(), "512 segments with 2 owners each, distributed");
  }

  @Test
  void member_withMoreOwners_servesNothing() {
    ConfigurationBuilder other = other();
    other.clustering().hash().numOwners(3);

    assertServesNothing(other.build(), "256 segments with 3 owners each, distributed");
  }

  // Such a member does not get through its join: it waits for segments that it cannot hold.
  @Test
  void shape_ofAnotherConfiguration_doesNotFit() {
    ConsistentHash current =
        cluster
            .nodes()
            .get(0)
            .advanced()
            .getDistributionManager()
            .getCacheTopology()
            .getCurrentCH();
    ConfigurationBuilder fewer = other();
    fewer.clustering().hash().numSegments(128);
    ConfigurationBuilder replicated = other();
    replicated.clustering().cacheMode(CacheMode.REPL_SYNC);

    assertThat(ClusterShape.fits(standard, current)).isTrue();
    assertThat(ClusterShape.fits(fewer.build(), current)).isFalse();
    assertThat(ClusterShape.fits(replicated.build(), current)).isFalse();
  }
}
