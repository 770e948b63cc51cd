package tinystore;

import java.util.Optional;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.SessionStoreConnectorContract;

/** All that the author of a back-end has to write to have it tested. */
final class TinyConnectorTest extends SessionStoreConnectorContract {
  private final MutableClock clock = new MutableClock();
  private final SessionStoreConnector<Account> connector =
      new TinyConnector<>(
          new AccountCodec(),
          clock,
          Seed.random(),
          new TombstonePolicy(endedTombstone(), Optional.empty()));

  @Override
  protected SessionStoreConnector<Account> connector() {
    return connector;
  }

  @Override
  protected MutableClock clock() {
    return clock;
  }
}
