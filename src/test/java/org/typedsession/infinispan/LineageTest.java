package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.infinispan.AdvancedCache;
import org.infinispan.cache.impl.AbstractDelegatingAdvancedCache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.Handover;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** What it costs to follow an old id, and that it always leads to the session. */
final class LineageTest {
  private static final String NAMESPACE = "lineage-";
  private static final int ROTATIONS = 2_000;
  // Two steps, the note, and the way from there, which is at most as long as notes are apart.
  private static final int MOST_READS = 2 * Lineage.NOTED;

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();
  private final SessionCache owned =
      EmbeddedContainer.local("lineage", Members.Mode.PLAIN.configuration(false));
  private final AtomicInteger reads = new AtomicInteger();
  private final InfinispanSessionStoreConnector<Account> connector =
      new InfinispanSessionStoreConnector<>(
          SessionCache.of(new Counting(owned.cache(), reads), AcceptedRisks.NONE, 1),
          NAMESPACE,
          new AccountCodec(),
          clock,
          random,
          Duration.ofMinutes(15));
  private final List<SessionCookieValue> chain = new ArrayList<>();

  @AfterEach
  void close() {
    owned.close();
  }

  /** Counts what is read. */
  private static final class Counting extends AbstractDelegatingAdvancedCache<String, String> {
    private final AtomicInteger reads;

    Counting(AdvancedCache<String, String> cache, AtomicInteger reads) {
      super(cache);
      this.reads = reads;
    }

    @Override
    public String get(Object key) {
      reads.incrementAndGet();
      return super.get(key);
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"}) // as it is declared
    public AdvancedCache rewrap(AdvancedCache newDelegate) {
      return new Counting(newDelegate, reads);
    }
  }

  private SessionHandle rotated(int rotations) {
    chain.add(cookies.next(Placement.ANYWHERE));
    SessionLookup.Live<Account> live =
        written(
            connector.createSession(
                id(0), connector.newSession(SessionExpiry.never(), Account.EMPTY)));
    for (int i = 1; i <= rotations; i++) {
      live = rotatedOnce(live);
    }
    reads.set(0);
    return live.session().handle();
  }

  private SessionLookup.Live<Account> rotatedOnce(SessionLookup.Live<Account> live) {
    chain.add(cookies.next(Placement.ANYWHERE));
    int last = chain.size() - 1;
    return written(connector.remapSession(id(last), id(last - 1), live, live.session()));
  }

  private SessionId id(int rotation) {
    return chain.get(rotation).id();
  }

  private SessionId last() {
    return id(chain.size() - 1);
  }

  private static SessionLookup.Live<Account> written(WriteSessionResult<Account> result) {
    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    return ((WriteSessionResult.Written<Account>) result).stored();
  }

  private void forgetNotes(SessionHandle handle) {
    owned.cache().remove(NAMESPACE + "latest/" + handle);
  }

  @Test
  void end_afterManyRotations_readsFewEntries() {
    SessionHandle handle = rotated(ROTATIONS);

    assertThat(connector.endSession(handle, id(0))).isTrue();

    assertThat(reads).hasValueLessThanOrEqualTo(MOST_READS);
    assertThat(connector.lookUpSession(last())).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void endOrFind_again_readsFewEntriesEachTime() {
    SessionHandle handle = rotated(ROTATIONS);
    for (int old = 0; old < ROTATIONS; old += 97) {
      reads.set(0);
      assertThat(connector.findSession(handle, id(old))).isInstanceOf(SessionLookup.Live.class);
      assertThat(reads).hasValueLessThanOrEqualTo(MOST_READS);
    }
    connector.endSession(handle, id(0));
    for (int old = 0; old < ROTATIONS; old += 97) {
      reads.set(0);
      assertThat(connector.endSession(handle, id(old))).isFalse();
      assertThat(connector.findSession(handle, id(old))).isInstanceOf(SessionLookup.Ended.class);
      assertThat(reads).hasValueLessThanOrEqualTo(2 * MOST_READS);
    }
  }

  @Test
  void open_fiveOldCookiesThatEndTheirSession_readsFewEntries() {
    rotated(ROTATIONS);
    clock.advance(Duration.ofMinutes(5));
    DefaultSessionStore<Account> store =
        new DefaultSessionStore<>(
            new DefaultSessionStore.Parts<>(
                connector,
                new AccountCodec(),
                PrivilegeRule.of(Account.class),
                () -> Account.EMPTY,
                SessionPolicy.builder().endReplayed(true).build(),
                cookies,
                clock,
                random,
                event -> {}));
    List<String> old = chain.subList(0, 5).stream().map(SessionCookieValue::reveal).toList();

    for (int request = 0; request < 3; request++) {
      reads.set(0);
      OpenSession<Account> session = store.open(old);
      session.delete();
      session.complete();

      assertThat(reads).hasValueLessThanOrEqualTo(6 * (MOST_READS + 1));
      assertThat(connector.lookUpSession(last())).isInstanceOf(SessionLookup.Ended.class);
    }
  }

  @Test
  void end_notesLost_takesSeveralRequestsAndSucceeds() {
    SessionHandle handle = rotated(ROTATIONS + ROTATIONS / 2);
    forgetNotes(handle);
    int refused = 0;

    while (connector.findSession(handle, last()) instanceof SessionLookup.Live) {
      assertThat(refused).isLessThanOrEqualTo(chain.size() / 1_000);
      reads.set(0);
      try {
        assertThat(connector.endSession(handle, id(0))).isTrue();
      } catch (SessionStoreUnavailableException e) {
        refused++;
      }
      assertThat(reads).hasValueLessThan(1_100);
    }

    assertThat(refused).isPositive();
  }

  @Test
  void find_noteOlderThanTheId_findsTheSession() {
    SessionHandle handle = rotated(Lineage.NOTED + 10);

    for (int old = 0; old < chain.size(); old++) {
      assertThat(connector.findSession(handle, id(old))).isInstanceOf(SessionLookup.Live.class);
    }
  }

  @Test
  void find_noteOfAnIdThatIsGone_goesTheLongWay() {
    SessionHandle handle = rotated(Lineage.NOTED + 4);
    owned
        .cache()
        .put(NAMESPACE + "latest/" + handle, note(handle, cookies.next(Placement.ANYWHERE).id()));

    assertThat(connector.findSession(handle, id(0))).isInstanceOf(SessionLookup.Live.class);
    assertThat(connector.endSession(handle, id(0))).isTrue();
  }

  @Test
  void end_noteOfAnotherSession_endsTheRightOne() {
    SessionHandle handle = rotated(3);
    SessionId other = cookies.next(Placement.ANYWHERE).id();
    connector.createSession(other, connector.newSession(SessionExpiry.never(), Account.EMPTY));
    owned.cache().put(NAMESPACE + "latest/" + handle, note(handle, other));

    assertThat(connector.endSession(handle, id(0))).isTrue();

    assertThat(connector.lookUpSession(other)).isInstanceOf(SessionLookup.Live.class);
    assertThat(connector.lookUpSession(last())).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void clear_notesOfSessions_areNoSessions() {
    rotated(2 * Lineage.NOTED);

    connector.clear();

    assertThat(connector.lookUpSession(last())).isInstanceOf(SessionLookup.Ended.class);
  }

  private static String note(SessionHandle handle, SessionId id) {
    return EntryFormat.encode(new StoredEntry.Moved(handle, 0, Instant.EPOCH, id, Handover.NONE));
  }

  @Test
  void end_storeThatCannotAnswer_saysSo() {
    SessionHandle handle = rotated(1);
    owned.cache().stop();

    assertThatExceptionOfType(SessionStoreUnavailableException.class)
        .isThrownBy(() -> connector.endSession(handle, id(0)));
  }
}
