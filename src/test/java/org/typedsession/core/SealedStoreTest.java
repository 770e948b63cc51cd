package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionEvent;
import org.typedsession.SessionEvent.SessionEnded;
import org.typedsession.SessionEvent.SessionUndecodable;
import org.typedsession.SessionHandle;
import org.typedsession.SessionLimit;
import org.typedsession.SessionLimit.WhenReached;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionSummary;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.TombstonePolicy;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.StringCodec;

/** Stores that seal, and such that do not any more or not yet, over one connector. */
final class SealedStoreTest {
  private static final Account SECRET = Account.EMPTY.withUser("a secret of the user");
  private static final SessionPolicy ONE_SESSION =
      SessionPolicy.builder().limit(new SessionLimit(1, WhenReached.END_OLDEST)).build();

  private final Random random = Seed.random();
  private final MutableClock clock = new MutableClock();
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final MemorySessionStoreConnector<byte[]> connector =
      new MemorySessionStoreConnector<>(
          new BytesCodec("account"),
          clock,
          () -> SessionHandle.random(random),
          new TombstonePolicy(Duration.ofMinutes(15), SessionPolicy.DEFAULT.absoluteLifetime()),
          events::add);
  private final DefaultSessionStore<Account> store = accounts(true, SessionPolicy.DEFAULT);
  private final DefaultSessionStore<Account> unsealed = accounts(false, SessionPolicy.DEFAULT);

  /** Data that can be altered in place. */
  static final class Note {
    String text = "";

    static final SessionCodec<Note> CODEC =
        new SessionCodec<>() {
          @Override
          public String id() {
            return "note";
          }

          @Override
          public byte[] encode(Note data) {
            return data.text.getBytes(StandardCharsets.UTF_8);
          }

          @Override
          public Note decode(byte[] bytes) {
            Note note = new Note();
            note.text = new String(bytes, StandardCharsets.UTF_8);
            return note;
          }
        };
  }

  private DefaultSessionStore<Account> accounts(boolean sealed, SessionPolicy policy) {
    return over(sealed, policy, new AccountCodec(), Account.class, () -> Account.EMPTY);
  }

  private <D> DefaultSessionStore<D> over(
      boolean sealed,
      SessionPolicy policy,
      SessionCodec<D> codec,
      Class<D> type,
      Supplier<D> defaultData) {
    return DefaultSessionStore.sealing(
        connector,
        sealed,
        random,
        new DefaultSessionStore.Rules<>(
            codec,
            PrivilegeRule.of(type),
            defaultData,
            policy,
            new RandomSessionCookieGenerator(random),
            clock,
            random,
            events::add));
  }

  private OpenSession<Account> open(SessionCookieValue cookie) {
    return open(store, cookie);
  }

  private static <D> OpenSession<D> open(DefaultSessionStore<D> store, SessionCookieValue cookie) {
    return store.open(List.of(cookie.reveal()));
  }

  private static <D> SessionCookieValue stored(DefaultSessionStore<D> store, D data) {
    return cookieValue(store.store(store.create(data)));
  }

  private SessionCookieValue stored(Account data) {
    return stored(store, data);
  }

  private SessionCookieValue loggedIn(DefaultSessionStore<Account> by, Account data) {
    OpenSession<Account> login = open(by, stored(by, data));
    login.login("anna");
    return cookieValue(login.complete());
  }

  private static void addLeft(DefaultSessionStore<Account> store, SessionCookieValue cookie) {
    OpenSession<Account> session = open(store, cookie);
    session.update(account -> account.addLeft(1));
    session.complete();
  }

  private static SessionCookieValue rotated(
      DefaultSessionStore<Account> store, SessionCookieValue cookie) {
    OpenSession<Account> session = open(store, cookie);
    session.rotateId();
    return cookieValue(session.complete());
  }

  private SessionRecord<byte[]> record(SessionCookieValue cookie) {
    return connector.readSession(cookie.id()).orElseThrow();
  }

  private void overwrite(SessionCookieValue cookie, byte[] data) {
    SessionLookup.Live<byte[]> live =
        (SessionLookup.Live<byte[]>) connector.lookUpSession(cookie.id());
    connector.writeSession(cookie.id(), live, live.session().withData(data));
  }

  private boolean isSealed(SessionCookieValue cookie) {
    byte[] data = record(cookie).data();
    boolean readable = new String(data, StandardCharsets.UTF_8).contains("secret");
    assertThat(Seal.isSealed(data)).isNotEqualTo(readable);
    return !readable;
  }

  @Test
  void data_throughAWholeLife_staysWhatItWas() {
    SessionCookieValue first = stored(SECRET);
    addLeft(store, first);
    assertThat(isSealed(first)).isTrue();
    OpenSession<Account> login = open(first);
    login.login("anna");
    SessionCookieValue second = cookieValue(login.complete());
    assertThat(isSealed(second)).isTrue();
    OpenSession<Account> both = open(second);
    both.update(account -> account.addRight(1));
    both.rotateId();
    SessionCookieValue third = cookieValue(both.complete());

    assertThat(isSealed(third)).isTrue();
    assertThat(open(third).data()).isEqualTo(SECRET.addLeft(1).addRight(1));
    assertThat(open(third).stored()).contains(SECRET.addLeft(1).addRight(1));
    assertThat(open(second).isNew()).isTrue();
    assertThat(events).noneMatch(SessionUndecodable.class::isInstance);
  }

  @Test
  void newId_onlyItsCookieOpensTheData() {
    SessionCookieValue first = stored(SECRET);
    byte[] before = record(first).data();
    SessionCookieValue second = rotated(store, first);
    SessionRecord<byte[]> now = record(second);
    Seal seal = new Seal(random);

    assertThat(seal.open(second, now.handle(), now.data()))
        .isEqualTo(seal.open(first, now.handle(), before));
    assertThatExceptionOfType(SessionCodecException.class)
        .isThrownBy(() -> seal.open(first, now.handle(), now.data()));
  }

  @Test
  void renewal_leavesWhatIsSealedAsItIs() {
    SessionCookieValue cookie = stored(SECRET);
    SessionRecord<byte[]> before = record(cookie);
    clock.advance(Duration.ofMinutes(15));

    open(cookie).complete();

    assertThat(record(cookie).expiry()).isNotEqualTo(before.expiry());
    assertThat(record(cookie).data()).isEqualTo(before.data());
  }

  @Test
  void update_thatLosesARace_runsAgainOnWhatIsSealed() {
    SessionCookieValue cookie = stored(SECRET);
    OpenSession<Account> one = open(cookie);
    OpenSession<Account> other = open(cookie);
    one.update(account -> account.addLeft(1));
    other.update(account -> account.addLeft(1));
    one.complete();
    other.complete();

    assertThat(open(cookie).data()).isEqualTo(SECRET.addLeft(2));
    assertThat(isSealed(cookie)).isTrue();
  }

  @Test
  void set_thatLosesARace_isAConflict() {
    SessionCookieValue cookie = stored(SECRET);
    OpenSession<Account> late = open(cookie);
    late.set(SECRET.addRight(1));
    addLeft(store, cookie);

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(late::complete);
  }

  @Test
  void login_thatLosesARace_isAConflict() {
    SessionCookieValue cookie = stored(SECRET);
    OpenSession<Account> late = open(cookie);
    late.login("anna");
    SessionCookieValue next = rotated(store, cookie);

    assertThatExceptionOfType(SessionConflictException.class).isThrownBy(late::complete);
    assertThat(open(next).data()).isEqualTo(SECRET);
  }

  @Test
  void turnedOn_olderSessions_areReadAndSealedByTheNextWrite() {
    SessionCookieValue changed = stored(unsealed, SECRET);
    SessionCookieValue renewed = stored(unsealed, SECRET);
    SessionCookieValue rotated = stored(unsealed, SECRET);
    assertThat(isSealed(changed)).isFalse();
    clock.advance(Duration.ofMinutes(15));

    open(renewed).complete();
    addLeft(store, changed);
    SessionCookieValue successor = rotated(store, rotated);

    assertThat(isSealed(renewed)).isTrue();
    assertThat(isSealed(changed)).isTrue();
    assertThat(isSealed(successor)).isTrue();
    assertThat(open(renewed).data()).isEqualTo(SECRET);
    assertThat(open(changed).data()).isEqualTo(SECRET.addLeft(1));
    assertThat(open(successor).data()).isEqualTo(SECRET);
  }

  @Test
  void turnedOff_sealedSessions_areReadAndOpenedByTheNextWrite() {
    SessionCookieValue changed = stored(SECRET);
    SessionCookieValue renewed = stored(SECRET);
    SessionCookieValue rotated = stored(SECRET);
    assertThat(open(unsealed, changed).data()).isEqualTo(SECRET);
    clock.advance(Duration.ofMinutes(15));

    open(unsealed, renewed).complete();
    addLeft(unsealed, changed);
    SessionCookieValue successor = rotated(unsealed, rotated);

    assertThat(isSealed(renewed)).isFalse();
    assertThat(isSealed(changed)).isFalse();
    assertThat(isSealed(successor)).isFalse();
    assertThat(open(unsealed, successor).data()).isEqualTo(SECRET);
    assertThat(open(changed).data()).isEqualTo(SECRET.addLeft(1));
  }

  private void assertEndsTheSession(SessionCookieValue cookie, SessionHandle handle) {
    events.clear();
    long before = store.statistics().undecodable();
    OpenSession<Account> found = open(cookie);

    assertThat(found.isNew()).isTrue();
    assertThat(found.data()).isEqualTo(Account.EMPTY);
    assertThat(store.statistics().undecodable()).isEqualTo(before + 1);
    assertThat(events).hasSize(2);
    assertThat(events.get(0))
        .isInstanceOfSatisfying(
            SessionUndecodable.class,
            event -> {
              assertThat(event.handle()).isEqualTo(handle);
              assertThat(event.reason()).contains("sealed").doesNotContain(cookie.reveal());
            });
    assertThat(events.get(1))
        .isInstanceOfSatisfying(
            SessionEnded.class,
            event -> assertThat(event.cause()).isEqualTo(SessionEnded.Cause.UNDECODABLE));
    assertThat(connector.lookUpSession(cookie.id())).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void sealedDataOfAnotherSession_endsTheSession() {
    SessionCookieValue mine = stored(Account.EMPTY);
    SessionCookieValue others = stored(SECRET);
    overwrite(mine, record(others).data());

    assertEndsTheSession(mine, record(mine).handle());
    assertThat(open(others).data()).isEqualTo(SECRET);
  }

  @Test
  void sealedDataOfAnEarlierId_endsTheSession() {
    SessionCookieValue first = stored(SECRET);
    byte[] before = record(first).data();
    SessionCookieValue second = rotated(store, first);
    overwrite(second, before);

    assertEndsTheSession(second, record(second).handle());
  }

  @Test
  void alteredOrCutData_endsTheSession() {
    SessionCookieValue altered = stored(SECRET);
    byte[] data = record(altered).data().clone();
    data[data.length - 1] ^= 1;
    overwrite(altered, data);
    SessionCookieValue cut = stored(SECRET);
    overwrite(cut, Arrays.copyOf(record(cut).data(), 20));

    assertEndsTheSession(altered, record(altered).handle());
    assertEndsTheSession(cut, record(cut).handle());
  }

  @Test
  void dataOfALaterVersionOfTheSeal_endsTheSession() {
    SessionCookieValue cookie = stored(SECRET);
    byte[] data = record(cookie).data().clone();
    data[1]++;
    overwrite(cookie, data);

    assertEndsTheSession(cookie, record(cookie).handle());
  }

  @Test
  void sealedDataThatItsCodecRefuses_endsTheSession() {
    SessionCookieValue cookie = stored(Account.EMPTY.withUser(Account.UNREADABLE));

    assertThat(open(cookie).isNew()).isTrue();
    assertThat(events).anyMatch(SessionUndecodable.class::isInstance);
  }

  @Test
  void listAndEnd_needNoCookie() {
    SessionCookieValue one = loggedIn(store, SECRET);
    SessionCookieValue two = loggedIn(store, SECRET);
    SessionCookieValue three = loggedIn(store, SECRET);
    SessionHandle first = record(one).handle();

    assertThat(store.sessions("anna").map(SessionSummary::handle)).contains(first).hasSize(3);
    assertThat(store.end("anna", first)).isTrue();
    store.endOthers(open(two));
    assertThat(store.count("anna")).isOne();
    assertThat(open(one).isNew()).isTrue();
    assertThat(open(three).isNew()).isTrue();
    assertThat(open(two).data()).isEqualTo(SECRET);
    store.end(record(two).handle());
    assertThat(open(two).isNew()).isTrue();
    SessionCookieValue four = loggedIn(store, SECRET);
    store.endAll("anna");
    assertThat(open(four).isNew()).isTrue();
    assertThat(events).noneMatch(SessionUndecodable.class::isInstance);
  }

  @Test
  void limit_endsTheOldestSealedSession() {
    DefaultSessionStore<Account> limited = accounts(true, ONE_SESSION);
    SessionCookieValue one = loggedIn(limited, SECRET);
    SessionHandle oldest = record(one).handle();
    SessionCookieValue two = loggedIn(limited, SECRET);

    assertThat(open(limited, one).isNew()).isTrue();
    assertThat(open(limited, two).data()).isEqualTo(SECRET);
    assertThat(events)
        .contains(
            new SessionEnded(
                oldest, clock.instant(), Optional.of("anna"), SessionEnded.Cause.LIMIT));
  }

  @Test
  void unusedSession_isToldAsIdle() {
    SessionCookieValue cookie = stored(SECRET);
    SessionHandle handle = record(cookie).handle();
    events.clear();
    clock.advance(SessionPolicy.DEFAULT.timeToLive().orElseThrow());

    assertThat(open(cookie).isNew()).isTrue();
    assertThat(events)
        .containsExactly(
            new SessionEnded(handle, clock.instant(), Optional.empty(), SessionEnded.Cause.IDLE));
  }

  @Test
  void watch_liveSession_isNotToldUntilItEnds() throws Exception {
    ScheduledExecutorService threads = Executors.newSingleThreadScheduledExecutor();
    try {
      store.watchWith(() -> threads);
      SessionCookieValue cookie = stored(SECRET);
      List<String> told = new CopyOnWriteArrayList<>();
      open(cookie).whenEnded(() -> told.add("ended"));
      // The first look at the store is behind this in the queue of the only thread.
      threads.submit(() -> {}).get();
      assertThat(told).isEmpty();

      OpenSession<Account> logout = open(cookie);
      logout.delete();
      logout.complete();
      threads.submit(() -> {}).get();

      assertThat(told).containsExactly("ended");
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void set_objectAlteredInPlace_isStored() {
    for (boolean sealed : new boolean[] {true, false}) {
      DefaultSessionStore<Note> notes =
          over(sealed, SessionPolicy.DEFAULT, Note.CODEC, Note.class, Note::new);
      SessionCookieValue first = stored(notes, new Note());
      OpenSession<Note> session = open(notes, first);
      Note data = session.data();
      data.text = "in place";
      session.set(data);
      SessionCookieValue second = cookieValue(session.complete());
      OpenSession<Note> update = open(notes, second);
      update.update(
          note -> {
            note.text += ", twice";
            return note;
          });
      SessionCookieValue third = cookieValue(update.complete());

      assertThat(open(notes, third).data().text).isEqualTo("in place, twice");
    }
  }

  @Test
  void unsealed_codecThatBeginsWithAZeroByte_isRefused() {
    DefaultSessionStore<String> plain =
        over(false, SessionPolicy.DEFAULT, new StringCodec(), String.class, () -> "");
    DefaultSessionStore<String> sealing =
        over(true, SessionPolicy.DEFAULT, new StringCodec(), String.class, () -> "");

    assertThatExceptionOfType(SessionCodecException.class)
        .isThrownBy(() -> stored(plain, "\0x"))
        .withMessageContaining("zero byte");
    assertThat(open(sealing, stored(sealing, "\0x")).data()).isEqualTo("\0x");
  }
}
