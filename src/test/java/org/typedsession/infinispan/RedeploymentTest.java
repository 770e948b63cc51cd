package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.awaitility.Awaitility;
import org.infinispan.AdvancedCache;
import org.infinispan.cache.impl.AbstractDelegatingAdvancedCache;
import org.infinispan.commons.IllegalLifecycleStateException;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.notifications.cachelistener.CacheNotifier;
import org.infinispan.notifications.cachemanagerlistener.CacheManagerNotifier;
import org.infinispan.notifications.impl.AbstractListenerImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.SessionExpiry;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** What deployments leave behind in a cache of the server's, which goes on without them. */
final class RedeploymentTest {
  private static final int DEPLOYMENTS = 10;

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);

  @ParameterizedTest
  @EnumSource(names = {"PLAIN", "OPTIMISTIC"})
  void close_ofEachOfManyDeployments_leavesNothingBehind(Members.Mode mode) {
    try (Members members = Members.clustered(mode)) {
      AdvancedCache<String, String> cache = members.first().cache();
      Set<Object> listeners = listeners(cache);
      long threads = threads();

      for (int i = 0; i < DEPLOYMENTS; i++) {
        try (SessionCache deployed = SessionCache.of(cache, AcceptedRisks.NONE, 2)) {
          InfinispanSessionStoreConnector<Account> connector =
              new InfinispanSessionStoreConnector<>(
                  deployed,
                  "redeployed-",
                  new AccountCodec(),
                  new MutableClock(),
                  random,
                  Duration.ofMinutes(15));
          Awaitility.await().until(() -> connector.readiness() instanceof Readiness.Ready);
          connector.createSession(
              cookies.next(Placement.ANYWHERE).id(), SessionExpiry.never(), Account.EMPTY);
        }
      }

      assertThat(listeners(cache)).isEqualTo(listeners);
      Awaitility.await().until(() -> threads() <= threads);
    }
  }

  @Test
  void open_thatFails_leavesNothingBehind() {
    try (Members members = Members.clustered(Members.Mode.PLAIN)) {
      AdvancedCache<String, String> cache = members.first().cache();
      AdvancedCache<String, String> stopping =
          new AbstractDelegatingAdvancedCache<>(cache) {
            @Override
            @SuppressWarnings("rawtypes") // as it is declared
            public AdvancedCache rewrap(AdvancedCache newDelegate) {
              return this;
            }

            @Override
            public void addListener(Object listener) {
              throw new IllegalLifecycleStateException("stopping");
            }
          };
      Set<Object> listeners = listeners(cache);
      long threads = threads();

      assertThatExceptionOfType(IllegalLifecycleStateException.class)
          .isThrownBy(() -> SessionCache.of(stopping, AcceptedRisks.NONE, 2));

      assertThat(listeners(cache)).isEqualTo(listeners);
      Awaitility.await().until(() -> threads() <= threads);
    }
  }

  private static Set<Object> listeners(AdvancedCache<?, ?> cache) {
    Set<Object> listeners = new HashSet<>();
    for (Class<?> notifier : List.of(CacheNotifier.class, CacheManagerNotifier.class)) {
      AbstractListenerImpl<?, ?> told =
          (AbstractListenerImpl<?, ?>) ComponentRegistry.componentOf(cache, notifier);
      listeners.addAll(told.getListeners());
    }
    return listeners;
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("typed-session-"))
        .count();
  }
}
