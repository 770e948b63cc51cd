package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** What the contract cannot stage: halves of remaps, caches that fail, and where entries lie. */
final class InfinispanSessionStoreConnectorTest {
  private static final String NAMESPACE = "0a1b2c3d";
  private static final SessionExpiry NEVER = SessionExpiry.never();

  private static Members local;

  private final MutableClock clock = new MutableClock();
  private final RandomSessionCookieGenerator cookies =
      new RandomSessionCookieGenerator(Seed.random());
  private final InfinispanSessionStoreConnector<Account> connector = over(local.first());

  @BeforeAll
  static void start() {
    local = Members.local(Members.Mode.PESSIMISTIC);
  }

  @AfterAll
  static void stop() {
    local.close();
  }

  private InfinispanSessionStoreConnector<Account> over(SessionCache cache) {
    return new InfinispanSessionStoreConnector<>(
        cache, NAMESPACE, new AccountCodec(), clock, Seed.random(), Duration.ofMinutes(15));
  }

  private SessionId freshId() {
    return cookies.next(Placement.ANYWHERE).id();
  }

  private static String stored(SessionId id) {
    return local.first().cache().get(NAMESPACE + id.stored());
  }

  private static void store(SessionId id, String text) {
    local.first().cache().put(NAMESPACE + id.stored(), text);
  }

  private static void remove(SessionId id) {
    local.first().cache().remove(NAMESPACE + id.stored());
  }

  @Test
  void lookUp_remapOfWhichOnlyTheNewEntrySurvived_leavesTheOldIdLive() {
    SessionId x = freshId();
    SessionId y = freshId();
    connector.createSession(x, NEVER, Account.EMPTY);
    String before = stored(x);
    connector.updateSession(y, x, NEVER, Account.EMPTY);
    store(x, before);

    assertThat(connector.readSession(x)).isPresent();
    assertThat(connector.lookUpSession(y)).isInstanceOf(SessionLookup.Unknown.class);
    assertThat(connector.updateSession(freshId(), x, NEVER, Account.EMPTY))
        .isInstanceOf(WriteSessionResult.Written.class);
    assertThat(connector.lookUpSession(y)).isInstanceOf(SessionLookup.Unknown.class);
  }

  @Test
  void lookUp_successorWrittenSince_needsItsPredecessorNoMore() {
    SessionId x = freshId();
    SessionId y = freshId();
    connector.createSession(x, NEVER, Account.EMPTY);
    connector.updateSession(y, x, NEVER, Account.EMPTY);
    SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) connector.lookUpSession(y);
    connector.writeSession(y, live, live.session().withData(Account.EMPTY.addLeft(1)));
    remove(x);

    assertThat(connector.readSession(y)).isPresent();
  }

  @Test
  void renewal_afterTheApplicationAlteredItsArrays_keepsWhatIsStored() {
    InfinispanSessionStoreConnector<byte[]> arrays =
        new InfinispanSessionStoreConnector<>(
            local.first(),
            NAMESPACE,
            new CopyingCodec(),
            clock,
            Seed.random(),
            Duration.ofMinutes(15));
    SessionId id = freshId();
    byte[] given = {1, 2, 3};
    SessionLookup.Live<byte[]> created =
        ((WriteSessionResult.Written<byte[]>)
                arrays.createSession(id, arrays.newSession(NEVER, given)))
            .stored();

    given[0] = 9;
    assertThat(arrays.writeSession(id, created, created.session().withLabel("first")))
        .isInstanceOf(WriteSessionResult.Written.class);
    SessionLookup.Live<byte[]> found = (SessionLookup.Live<byte[]>) arrays.lookUpSession(id);
    assertThat(found.session().data()).containsExactly(1, 2, 3);
    found.session().data()[0] = 9;
    assertThat(arrays.writeSession(id, found, found.session().withLabel("second")))
        .isInstanceOf(WriteSessionResult.Written.class);

    found = (SessionLookup.Live<byte[]>) arrays.lookUpSession(id);
    assertThat(found.session().data()).containsExactly(1, 2, 3);
    assertThat(found.session().label()).isEqualTo("second");
  }

  // What becomes of a remap that nobody waited for.
  private static void undoARemap(SessionId id, long writeId) {
    StoredEntry.Live live = (StoredEntry.Live) EntryFormat.decode(stored(id));
    store(id, EntryFormat.encode(live.writtenAgain(writeId)));
  }

  @Test
  void write_onASessionOfWhichARemapWasUndone_isNoConflict() {
    SessionId x = freshId();
    connector.createSession(x, NEVER, Account.EMPTY);
    SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) connector.lookUpSession(x);
    undoARemap(x, 1);

    assertThat(connector.writeSession(x, live, live.session().withData(Account.EMPTY.addLeft(1))))
        .isInstanceOf(WriteSessionResult.Written.class);
    undoARemap(x, 2);
    assertThat(connector.writeSession(x, live, live.session().withData(Account.EMPTY.addLeft(2))))
        .as("somebody has written in between")
        .isInstanceOf(WriteSessionResult.Conflict.class);
  }

  @Test
  void remap_ofASessionOfWhichARemapWasUndone_isNoConflict() {
    SessionId x = freshId();
    SessionId y = freshId();
    connector.createSession(x, NEVER, Account.EMPTY);
    SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) connector.lookUpSession(x);
    undoARemap(x, 1);

    assertThat(
            connector.remapSession(y, x, live, live.session().withData(Account.EMPTY.addLeft(1))))
        .isInstanceOf(WriteSessionResult.Written.class);
    assertThat(connector.readSession(x)).isEmpty();
    assertThat(connector.readSession(y)).isPresent();
  }

  @Test
  void delete_tombstoneWhoseSuccessorNeverCame_comesBack() {
    SessionId x = freshId();
    SessionId y = freshId();
    connector.createSession(x, NEVER, Account.EMPTY);
    connector.updateSession(y, x, NEVER, Account.EMPTY);
    remove(y);
    clock.advance(Duration.ofMinutes(1));

    connector.deleteSession(x);

    assertThat(connector.readSession(y)).isEmpty();
  }

  @Test
  void update_sessionOfBoundedLifetime_leavesATombstoneForAllOfIt() {
    InfinispanSessionStoreConnector<Account> bounded =
        new InfinispanSessionStoreConnector<>(
            local.first(),
            NAMESPACE,
            new AccountCodec(),
            clock,
            Seed.random(),
            new TombstonePolicy(Duration.ofMinutes(15), Optional.of(Duration.ofHours(12))));
    SessionId x = freshId();
    bounded.createSession(
        x, SessionExpiry.at(clock.instant().plus(Duration.ofMinutes(30))), Account.EMPTY);

    bounded.updateSession(
        freshId(),
        x,
        SessionExpiry.at(clock.instant().plus(Duration.ofMinutes(30))),
        Account.EMPTY);

    assertThat(local.first().cache().getCacheEntry(NAMESPACE + x.stored()).getLifespan())
        .isGreaterThan(Duration.ofHours(12).toMillis());
  }

  @Test
  void lookUp_bytesOfAnotherVersion_isUndecodableAndCanBeEnded() {
    SessionId x = freshId();
    connector.createSession(x, NEVER, Account.EMPTY);
    store(x, (char) 99 + stored(x).substring(1));

    SessionLookup<Account> found = connector.lookUpSession(x);
    assertThat(found).isInstanceOf(SessionLookup.Undecodable.class);
    connector.endSession(((SessionLookup.Undecodable<Account>) found).handle(), x);

    assertThat(connector.lookUpSession(x)).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void stored_keyAndValue_holdNoSecret() {
    var cookie = cookies.next(Placement.ANYWHERE);
    connector.createSession(cookie.id(), NEVER, Account.EMPTY);

    connector
        .lookUpSession(cookie.id())
        .live()
        .map(SessionRecord::toString)
        .ifPresent(text -> assertThat(text).doesNotContain(cookie.reveal().substring(3)));
    assertThat(NAMESPACE + cookie.id().stored()).doesNotContain(cookie.reveal().substring(3));
    assertThat(stored(cookie.id())).doesNotContain(cookie.reveal().substring(3));
  }

  @Test
  void conflict_pessimisticCache_writesNothingToTheLog() {
    List<LogRecord> records = new CopyOnWriteArrayList<>();
    Logger infinispan = Logger.getLogger("org.infinispan");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord logged) {
            if (logged.getLevel().intValue() >= Level.WARNING.intValue()) {
              records.add(logged);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    SessionId x = freshId();
    connector.createSession(x, NEVER, Account.EMPTY);
    SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) connector.lookUpSession(x);
    connector.remapSession(freshId(), x, live, live.session());
    infinispan.addHandler(handler);
    try {
      assertThat(connector.remapSession(freshId(), x, live, live.session()))
          .isInstanceOf(WriteSessionResult.Conflict.class);
      assertThat(connector.writeSession(x, live, live.session()))
          .isInstanceOf(WriteSessionResult.Conflict.class);
    } finally {
      infinispan.removeHandler(handler);
    }

    assertThat(records).isEmpty();
  }

  @Test
  void everyOperation_stoppedCache_isUnavailable() {
    SessionCache stopped = EmbeddedContainer.local("stopped");
    InfinispanSessionStoreConnector<Account> over = over(stopped);
    SessionId x = freshId();
    over.createSession(x, NEVER, Account.EMPTY);
    SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) over.lookUpSession(x);
    stopped.close();

    assertUnavailable(() -> over.lookUpSession(x));
    assertUnavailable(() -> over.createSession(freshId(), NEVER, Account.EMPTY));
    assertUnavailable(() -> over.writeSession(x, live, live.session()));
    assertUnavailable(() -> over.remapSession(freshId(), x, live, live.session()));
    assertUnavailable(() -> over.endSession(live.session().handle(), x));
    assertUnavailable(over::clear);
  }

  private static void assertUnavailable(Runnable operation) {
    assertThatExceptionOfType(SessionStoreUnavailableException.class).isThrownBy(operation::run);
  }

  @Test
  void open_cacheThatHidesFailedCommits_isRefusedWithTheFix() {
    ConfigurationBuilder unsafe =
        new ConfigurationBuilder().read(Members.Mode.PESSIMISTIC.configuration(false));
    unsafe.transaction().useSynchronization(true);

    assertThatExceptionOfType(UnsafeCacheException.class)
        .isThrownBy(() -> EmbeddedContainer.local("unsafe", unsafe.build()))
        .withMessageStartingWith("TSESS0090: the cache unsafe is not fit for sessions: ")
        .withMessageContaining("NON_DURABLE_XA");
  }

  @Test
  void placement_twoMembers_areLocalAndStayWithTheirPredecessor() {
    try (Members members = Members.clustered(Members.Mode.PESSIMISTIC)) {
      for (SessionCache cache : List.of(members.first(), members.last())) {
        InfinispanSessionStoreConnector<Account> member = over(cache);
        for (int i = 0; i < 20; i++) {
          SessionId created = cookies.next(member.placement(null)).id();
          SessionId successor = cookies.next(member.placement(created)).id();

          assertThat(segment(cache, successor)).isEqualTo(segment(cache, created));
          assertThat(
                  cache
                      .cache()
                      .getDistributionManager()
                      .getCacheTopology()
                      .getSegmentDistribution(segment(cache, created))
                      .isPrimary())
              .isTrue();
        }
      }
    }
  }

  private static int segment(SessionCache cache, SessionId id) {
    return cache
        .cache()
        .getDistributionManager()
        .getCacheTopology()
        .getSegment(cache.cache().getKeyDataConversion().toStorage(NAMESPACE + id.stored()));
  }

  /** Arrays as data, by a codec that keeps none that it was given, as it has to. */
  private static final class CopyingCodec implements SessionCodec<byte[]> {
    @Override
    public String id() {
      return "arrays";
    }

    @Override
    public byte[] encode(byte[] data) {
      return data.clone();
    }

    @Override
    public byte[] decode(byte[] bytes) {
      return bytes.clone();
    }
  }
}
