package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.infinispan.cache.impl.AbstractDelegatingAdvancedCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/**
 * Writes that a cache makes again and then refuses because of themselves, while the cluster looks
 * the same as before.
 */
final class OwnWriteTest {
  private static final Account FIRST = new Account("first", 1, 0);
  private static final Account SECOND = new Account("second", 2, 0);
  private static final Account THIRD = new Account("third", 3, 0);

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();

  @ParameterizedTest
  @EnumSource
  void create_refusedForItself_isWritten(Members.Mode mode) {
    try (Forgetful.Opened opened = Forgetful.over(mode)) {
      InfinispanSessionStoreConnector<Account> connector = over(opened);
      SessionId id = anyId();
      opened.cache().makeAgain(1);

      assertThat(create(connector, id)).isInstanceOf(WriteSessionResult.Written.class);
      assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Live.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void remap_intentRefusedForItself_isWritten(Members.Mode mode) {
    assertRemapIsWritten(mode, 1);
  }

  @ParameterizedTest
  @EnumSource
  void remap_commitRefusedForItself_isWritten(Members.Mode mode) {
    assertRemapIsWritten(mode, 2);
  }

  private void assertRemapIsWritten(Members.Mode mode, int step) {
    try (Forgetful.Opened opened = Forgetful.over(mode)) {
      InfinispanSessionStoreConnector<Account> connector = over(opened);
      SessionId id = anyId();
      SessionId successor = anyId();
      SessionLookup.Live<Account> live = written(create(connector, id));
      opened.cache().makeAgain(step);

      assertThat(connector.remapSession(successor, id, live, live.session().withData(SECOND)))
          .isInstanceOf(WriteSessionResult.Written.class);
      assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
      assertThat(connector.lookUpSession(successor)).isInstanceOf(SessionLookup.Live.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void write_refusedForItself_isWritten(Members.Mode mode) {
    try (Forgetful.Opened opened = Forgetful.over(mode)) {
      InfinispanSessionStoreConnector<Account> connector = over(opened);
      SessionId id = anyId();
      SessionLookup.Live<Account> live = written(create(connector, id));
      opened.cache().makeAgain(1);

      SessionLookup.Live<Account> next =
          written(connector.writeSession(id, live, live.session().withData(SECOND)));

      assertThat(connector.lookUpSession(id)).isEqualTo(next);
    }
  }

  @ParameterizedTest
  @EnumSource
  void end_refusedForItself_isWritten(Members.Mode mode) {
    try (Forgetful.Opened opened = Forgetful.over(mode)) {
      InfinispanSessionStoreConnector<Account> connector = over(opened);
      SessionId id = anyId();
      create(connector, id);
      StoredSessions sessions =
          new StoredSessions(
              opened.sessions(),
              "own-",
              clock,
              random,
              new TombstonePolicy(Duration.ofMinutes(15), Optional.empty()));
      String text = sessions.get(id);
      opened.cache().makeAgain(1);

      assertThat(sessions.replaceByEnd(id, text, EntryFormat.decode(text))).isTrue();
      assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Ended.class);
    }
  }

  @Test
  void write_refusedForWhatWasBuiltOnIt_isWritten() {
    try (Forgetful.Opened opened = Forgetful.over(Members.Mode.PLAIN)) {
      InfinispanSessionStoreConnector<Account> connector = over(opened);
      SessionId id = anyId();
      SessionLookup.Live<Account> live = written(create(connector, id));
      opened
          .cache()
          .makeAgain(
              1,
              () -> {
                SessionLookup.Live<Account> next = live(connector, id);
                written(connector.writeSession(id, next, next.session().withData(THIRD)));
              });

      assertThat(connector.writeSession(id, live, live.session().withData(SECOND)))
          .isInstanceOf(WriteSessionResult.Written.class);
      assertThat(live(connector, id).session().data()).isEqualTo(THIRD);
    }
  }

  @ParameterizedTest
  @EnumSource
  void write_refusedForAnother_isConflict(Members.Mode mode) {
    try (Forgetful.Opened opened = Forgetful.over(mode)) {
      InfinispanSessionStoreConnector<Account> connector = over(opened);
      SessionId id = anyId();
      SessionLookup.Live<Account> live = written(create(connector, id));
      written(connector.writeSession(id, live, live.session().withData(SECOND)));

      // The very same change by somebody else, at the same time.
      assertThat(over(opened).writeSession(id, live, live.session().withData(SECOND)))
          .isInstanceOf(WriteSessionResult.Conflict.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void create_equalRecordOfAnother_isIdExists(Members.Mode mode) {
    try (Forgetful.Opened opened = Forgetful.over(mode)) {
      InfinispanSessionStoreConnector<Account> connector = over(opened);
      SessionId id = anyId();
      SessionRecord<Account> session = connector.newSession(SessionExpiry.never(), FIRST);
      written(connector.createSession(id, session));

      assertThat(connector.createSession(id, session))
          .isInstanceOf(WriteSessionResult.IdExists.class);
      assertThat(over(opened).createSession(id, session))
          .isInstanceOf(WriteSessionResult.IdExists.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void remap_equalRecordToTheSameId_isIdExists(Members.Mode mode) {
    try (Forgetful.Opened opened = Forgetful.over(mode)) {
      InfinispanSessionStoreConnector<Account> connector = over(opened);
      SessionId id = anyId();
      SessionId taken = anyId();
      SessionLookup.Live<Account> live = written(create(connector, id));
      written(connector.createSession(taken, live.session()));

      assertThat(connector.remapSession(taken, id, live, live.session()))
          .isInstanceOf(WriteSessionResult.IdExists.class);
      assertThat(connector.lookUpSession(id)).isEqualTo(live);
    }
  }

  /** A cache that forgets that it has made a command, and makes it again. */
  private static final class Forgetful extends AbstractDelegatingAdvancedCache<String, String> {
    private final AtomicInteger commands = new AtomicInteger(Integer.MAX_VALUE);
    private Runnable meanwhile = () -> {};

    private record Opened(SessionCache owned, Forgetful cache, SessionCache sessions)
        implements AutoCloseable {
      @Override
      public void close() {
        sessions.close();
        owned.close();
      }
    }

    private Forgetful(AdvancedCache<String, String> cache) {
      super(cache);
    }

    static Opened over(Members.Mode mode) {
      SessionCache owned = EmbeddedContainer.local("own", mode.configuration(false));
      Forgetful cache = new Forgetful(owned.cache());
      return new Opened(owned, cache, SessionCache.of(cache, AcceptedRisks.NONE, 1));
    }

    /** The next conditional write but {@code nth - 1} is made again. */
    void makeAgain(int nth) {
      makeAgain(nth, () -> {});
    }

    /**
     * @param between done after the first time
     */
    void makeAgain(int nth, Runnable between) {
      commands.set(nth);
      meanwhile = between;
    }

    private <T> T once(Supplier<T> command) {
      T first = command.get();
      if (commands.decrementAndGet() != 0) {
        return first;
      }
      meanwhile.run();
      return command.get();
    }

    @Override
    public String putIfAbsent(String key, String value, long lifespan, TimeUnit unit) {
      return once(() -> super.putIfAbsent(key, value, lifespan, unit));
    }

    @Override
    public boolean replace(
        String key, String expected, String value, long lifespan, TimeUnit unit) {
      return once(() -> super.replace(key, expected, value, lifespan, unit));
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"}) // as it is declared
    public AdvancedCache rewrap(AdvancedCache newDelegate) {
      return new Forgetful(newDelegate);
    }
  }

  private WriteSessionResult<Account> create(
      InfinispanSessionStoreConnector<Account> connector, SessionId id) {
    return connector.createSession(id, connector.newSession(SessionExpiry.never(), FIRST));
  }

  private static SessionLookup.Live<Account> written(WriteSessionResult<Account> result) {
    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    return ((WriteSessionResult.Written<Account>) result).stored();
  }

  @SuppressWarnings("unchecked") // asserted above the cast
  private static SessionLookup.Live<Account> live(
      InfinispanSessionStoreConnector<Account> connector, SessionId id) {
    SessionLookup<Account> found = connector.lookUpSession(id);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    return (SessionLookup.Live<Account>) found;
  }

  private SessionId anyId() {
    return cookies.next(Placement.ANYWHERE).id();
  }

  private InfinispanSessionStoreConnector<Account> over(Forgetful.Opened opened) {
    return new InfinispanSessionStoreConnector<>(
        opened.sessions(), "own-", new AccountCodec(), clock, random, Duration.ofMinutes(15));
  }
}
