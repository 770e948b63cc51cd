package org.typedsession.infinispan.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.AcceptedRisks;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.RemapTrial;
import org.typedsession.infinispan.SessionCache;
import org.typedsession.spi.Placement;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Seed;

/** What becomes of a cache that is opened when enough nodes are there. */
final class AwaitedCacheTest {
  private static final AwaitedCache.Timing QUICK =
      new AwaitedCache.Timing(Duration.ofMillis(5), Duration.ofMinutes(1), Duration.ofMillis(5));

  private final SessionCache owned =
      EmbeddedContainer.local("awaited", Members.Mode.PLAIN.configuration(false));
  private final AtomicInteger present = new AtomicInteger(1);
  private final List<SessionCache> opened = new CopyOnWriteArrayList<>();
  private final AwaitedCache awaited =
      AwaitedCache.open(new StartPlan("awaited", 2, present::get, this::opening, () -> {}), QUICK);

  private Optional<SessionCache> opening() {
    SessionCache cache = SessionCache.of(Members.advanced(owned), AcceptedRisks.NONE, 1);
    opened.add(cache);
    return Optional.of(cache);
  }

  @AfterEach
  void close() {
    awaited.close();
    opened.forEach(SessionCache::close);
    owned.close();
  }

  /** Half open it would serve one store and not the other. */
  @Test
  void open_connectorThatCannotBeBuilt_isTriedAgainFromTheBeginning() {
    AtomicInteger builds = new AtomicInteger();
    RemapTrial.Connecting connecting =
        RemapTrial.Connecting.ofTheLibrary("awaited-", Seed.random());
    SessionStoreConnector<Account> connector =
        awaited.connector(
            cache -> {
              return switch (builds.getAndIncrement()) {
                case 0 -> throw new IllegalStateException("not yet");
                case 1 -> throw new NoClassDefFoundError("of an application that is going");
                default -> connecting.over(cache);
              };
            });
    assertThat(connector.readiness()).isInstanceOf(Readiness.NotReady.class);

    present.set(2);

    Awaitility.await().until(() -> connector.readiness() instanceof Readiness.Ready);
    assertThat(opened).hasSize(3);
    SessionId id = new RandomSessionCookieGenerator(Seed.random()).next(Placement.ANYWHERE).id();
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .as("what was opened first is closed")
        .isThrownBy(() -> connecting.over(opened.get(0)).lookUpSession(id));
    assertThat(connector.createSession(id, SessionExpiry.never(), Account.EMPTY))
        .isInstanceOf(WriteSessionResult.Written.class);
  }
}
