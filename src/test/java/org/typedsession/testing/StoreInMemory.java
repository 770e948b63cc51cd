package org.typedsession.testing;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionEvent;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.RecordingConnector;
import org.typedsession.testkit.SequentialCookieGenerator;
import org.typedsession.testkit.StringCodec;

/** A store over memory with all that a test moves, counts and looks at. */
public final class StoreInMemory<D> {
  public final MutableClock clock = new MutableClock();
  public final SequentialCookieGenerator cookies = new SequentialCookieGenerator();
  public final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  public final RecordingConnector<D> connector;
  public final DefaultSessionStore<D> store;

  public StoreInMemory(
      SessionCodec<D> codec,
      PrivilegeRule<D> privileges,
      Supplier<D> defaultData,
      SessionPolicy policy) {
    Random random = new Random(1);
    connector =
        new RecordingConnector<>(
            new MemorySessionStoreConnector<>(
                codec,
                clock,
                () -> SessionHandle.random(random),
                new TombstonePolicy(Duration.ofMinutes(15), policy.absoluteLifetime()),
                events::add));
    store =
        new DefaultSessionStore<>(
            new DefaultSessionStore.Parts<>(
                connector,
                codec,
                privileges,
                defaultData,
                policy,
                cookies,
                clock,
                random,
                events::add));
  }

  /** A store of accounts. */
  public static StoreInMemory<Account> ofAccounts(SessionPolicy policy) {
    return new StoreInMemory<>(
        new AccountCodec(), PrivilegeRule.of(Account.class), () -> Account.EMPTY, policy);
  }

  /** A store of text, which declares no privilege. */
  public static StoreInMemory<String> ofText(SessionPolicy policy) {
    return new StoreInMemory<>(new StringCodec(), PrivilegeRule.of(String.class), () -> "", policy);
  }

  /** Stores a new session with {@code data} and gives its cookie value; counts nothing of it. */
  public SessionCookieValue stored(D data) {
    SessionCookieCommand command = store.store(store.create(data));
    connector.resetCounts();
    return cookieValue(command);
  }

  /** A request that comes with {@code cookieValues}. */
  public OpenSession<D> open(SessionCookieValue... cookieValues) {
    return store.open(List.of(cookieValues).stream().map(SessionCookieValue::reveal).toList());
  }

  /** What a {@link SessionCookieCommand.Set} hands out. */
  public static SessionCookieValue cookieValue(SessionCookieCommand command) {
    if (command instanceof SessionCookieCommand.Set set) {
      return set.cookieValue();
    }
    throw new AssertionError("expected a cookie to be set, got " + command);
  }
}
