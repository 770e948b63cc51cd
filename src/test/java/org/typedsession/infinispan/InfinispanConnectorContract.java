package org.typedsession.infinispan;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.SessionStoreConnectorContract;

/** The contract on one kind of cache. Each test has a namespace of its own in the same cache. */
abstract class InfinispanConnectorContract extends SessionStoreConnectorContract {
  private static final Duration ENDED_TOMBSTONE = Duration.ofMinutes(15);

  private static Members members;

  private final MutableClock clock = new MutableClock();
  private final Random random = Seed.random();
  private final String namespace = HexFormat.of().toHexDigits(random.nextInt());
  private final SessionStoreConnector<Account> first = over(members.first());
  private final SessionStoreConnector<Account> last = over(members.last());

  static void start(Members started) {
    members = started;
  }

  @AfterAll
  static void stop() {
    members.close();
  }

  private SessionStoreConnector<Account> over(SessionCache cache) {
    return new InfinispanSessionStoreConnector<>(
        cache, namespace, new AccountCodec(), clock, random, ENDED_TOMBSTONE);
  }

  @Override
  protected SessionStoreConnector<Account> connector() {
    return first;
  }

  @Override
  protected SessionStoreConnector<Account> otherMember() {
    return last;
  }

  @Override
  protected MutableClock clock() {
    return clock;
  }

  // Infinispan frees memory by the clock of the machine.
  @Override
  protected boolean freesExpiredIdsByInjectedClock() {
    return false;
  }

  @Override
  protected String name() {
    return getClass().getSimpleName().replaceFirst("Test$", "");
  }
}
