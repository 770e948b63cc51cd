package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.infinispan.AdvancedCache;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.StoreLimits;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.spi.Placement;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** What a connector says whose cache somebody else has stopped: nothing of Infinispan's own. */
final class StoppedCacheTest {
  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);

  private SessionStoreConnector<Account> over(SessionCache cache, StoreLimits limits) {
    return new InfinispanSessionStoreConnector<>(
        cache,
        "stopped-",
        new AccountCodec(),
        new MutableClock(),
        random,
        new TombstonePolicy(Duration.ofMinutes(15), Optional.empty()),
        limits,
        event -> {});
  }

  private SessionId anyId() {
    return cookies.next(Placement.ANYWHERE).id();
  }

  @ParameterizedTest
  @CsvSource({
    "PLAIN, false, false",
    "PLAIN, false, true",
    "PLAIN, true, false",
    "PLAIN, true, true",
    "OPTIMISTIC, true, false",
    "OPTIMISTIC, true, true"
  })
  void everyOperation_onWhatSomebodyElseHasStopped_isUnavailable(
      Members.Mode mode, boolean clustered, boolean withItsManager) {
    try (Members members = clustered ? Members.clustered(mode) : Members.local(mode)) {
      SessionStoreConnector<Account> connector = over(members.last(), StoreLimits.NONE);
      // Has counted nothing before.
      SessionStoreConnector<Account> limited =
          over(members.last(), new StoreLimits(OptionalInt.of(1_000), OptionalInt.empty()));
      SessionId id = anyId();
      connector.createSession(id, SessionExpiry.never(), Account.EMPTY);
      SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) connector.lookUpSession(id);
      PrincipalRecord.Stored nobody = connector.lookUpPrincipal("user");
      PrincipalRecord user = new PrincipalRecord(1, 0, 0, SessionExpiry.never(), List.of());

      stop(members.last().cache(), withItsManager);

      Map.<String, ThrowingCallable>of(
              "create",
              () -> connector.createSession(anyId(), SessionExpiry.never(), Account.EMPTY),
              "create if there is room",
              () -> limited.createSession(anyId(), SessionExpiry.never(), Account.EMPTY),
              "look up",
              () -> connector.lookUpSession(id),
              "write",
              () -> connector.writeSession(id, live, live.session()),
              "remap",
              () -> connector.remapSession(anyId(), id, live, live.session()),
              "end",
              () -> connector.endSession(live.session().handle(), id),
              "find",
              () -> connector.findSession(live.session().handle(), id),
              "principal",
              () -> connector.lookUpPrincipal("user"),
              "write principal",
              () -> connector.writePrincipal("user", nobody, user),
              "clear",
              connector::clear)
          .forEach(StoppedCacheTest::assertUnavailable);
      assertUnavailable("size", limited::size);
      assertUnavailable("is full", limited::isFull);
      assertThatCode(
              () -> {
                connector.readiness();
                connector.repairs();
                cookies.next(connector.placement(null));
                cookies.next(connector.placement(id));
              })
          .doesNotThrowAnyException();
    }
  }

  private static void stop(AdvancedCache<?, ?> cache, boolean withItsManager) {
    if (withItsManager) {
      cache.getCacheManager().stop();
    } else {
      cache.stop();
    }
  }

  private static void assertUnavailable(String what, ThrowingCallable operation) {
    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .as(what)
        .isThrownBy(operation);
  }
}
