package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.junit.jupiter.api.Test;
import org.typedsession.infinispan.Members.Mode;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** Whether the connector tells that its cache can serve. */
final class CacheReadinessTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private static SessionStoreConnector<Account> over(SessionCache cache) {
    return new InfinispanSessionStoreConnector<>(
        cache,
        "readiness",
        new AccountCodec(),
        new MutableClock(),
        Seed.random(),
        Duration.ofMinutes(15));
  }

  @Test
  void readiness_cacheThatIsStopped_isNotReady() {
    Members members = Members.local(Mode.PLAIN);
    SessionStoreConnector<Account> connector = over(members.first());
    assertThat(connector.readiness()).isEqualTo(new Readiness.Ready());

    members.close();

    assertThat(connector.readiness())
        .isInstanceOfSatisfying(
            Readiness.NotReady.class,
            not -> assertThat(not.reason()).contains("sessions", "TERMINATED"));
  }

  @Test
  void readiness_clusterThatIsDegraded_isNotReadyUntilItIsWhole() {
    try (Members members = Members.clustered(Mode.PESSIMISTIC)) {
      SessionStoreConnector<Account> connector = over(members.first());
      assertThat(connector.readiness()).isEqualTo(new Readiness.Ready());

      // The members are told one after the other, by the coordinator.
      members.first().cache().setAvailability(AvailabilityMode.DEGRADED_MODE);
      await()
          .atMost(DEADLINE)
          .untilAsserted(
              () ->
                  assertThat(connector.readiness())
                      .isInstanceOfSatisfying(
                          Readiness.NotReady.class,
                          not -> assertThat(not.reason()).contains("sessions", "DEGRADED_MODE")));

      members.first().cache().setAvailability(AvailabilityMode.AVAILABLE);
      await()
          .atMost(DEADLINE)
          .untilAsserted(() -> assertThat(connector.readiness()).isEqualTo(new Readiness.Ready()));
    }
  }
}
