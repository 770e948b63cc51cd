package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.infinispan.CastOfThree;
import org.typedsession.infinispan.SimulatedNetwork;
import org.typedsession.infinispan.SimulatedNetwork.Watch;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Seed;

/**
 * Writes that Infinispan makes again, because the primary owner died when it had made them and had
 * not said so.
 *
 * <p>The caller owns no copy. From the message on that asks for the write under test it hears
 * nothing of the primary owner; when both owners have the write, the primary owner is dead, and the
 * write is made again on the one that was the backup.
 */
final class WritesMadeAgainTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  // Each occurs in the values of one write only, and so in the messages that carry it.
  private static final Account FIRST = new Account("written-first", 1, 0);
  private static final Account SECOND = new Account("written-second", 2, 0);

  private final Random random = Seed.random();
  private final CastOfThree cast = new CastOfThree();
  private final SessionStoreConnector<Account> connector = cast.connector();

  @AfterEach
  void stop() {
    cast.close();
  }

  @Test
  void create_madeAgain_isWritten() throws Exception {
    SessionId id = cast.idOfOwners();

    WriteSessionResult<Account> result =
        madeAgain(
            FIRST.user(),
            () -> connector.createSession(id, connector.newSession(SessionExpiry.never(), FIRST)),
            () -> isOnBoth(id, StoredEntry.Live.class),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertThat(cast.live(id).session().data()).isEqualTo(FIRST);
  }

  @Test
  void remap_intentMadeAgain_isWritten() throws Exception {
    SessionId id = cast.created(FIRST);
    SessionId successor = cast.idOfOwners();
    SessionLookup.Live<Account> live = cast.live(id);

    WriteSessionResult<Account> result =
        madeAgain(
            SECOND.user(),
            () -> connector.remapSession(successor, id, live, changed(live)),
            () -> isOnBoth(successor, StoredEntry.Live.class),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertMoved(id, successor);
  }

  /**
   * As after a remap by another node that was undone. The first attempt leaves its intent behind,
   * and the next one, on what it finds there, meets it under the new id.
   */
  @Test
  void remap_intentMadeAgainForSessionThatIsWrittenAgain_isWritten() throws Exception {
    SessionId id = cast.created(FIRST);
    SessionId successor = cast.idOfOwners();
    SessionLookup.Live<Account> live = cast.live(id);
    writeAgain(id);

    WriteSessionResult<Account> result =
        madeAgain(
            SECOND.user(),
            () -> connector.remapSession(successor, id, live, changed(live)),
            () -> isOnBoth(successor, StoredEntry.Live.class),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertMoved(id, successor);
  }

  @Test
  void remap_commitMadeAgain_isWritten() throws Exception {
    SessionId id = cast.created(FIRST);
    SessionId successor = cast.idOfOwners();
    SessionLookup.Live<Account> live = cast.live(id);

    WriteSessionResult<Account> result =
        madeAgain(
            FIRST.user(),
            () -> connector.remapSession(successor, id, live, changed(live)),
            () -> isOnBoth(id, StoredEntry.Moved.class),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertMoved(id, successor);
  }

  /** The new id cannot be created again; the remap was made all the same. */
  @Test
  void remap_commitMadeAgainAfterTheSessionEnded_isWritten() throws Exception {
    SessionId id = cast.created(FIRST);
    SessionId successor = cast.idOfOwners();
    SessionLookup.Live<Account> live = cast.live(id);

    WriteSessionResult<Account> result =
        madeAgain(
            FIRST.user(),
            () -> connector.remapSession(successor, id, live, changed(live)),
            () -> isOnBoth(id, StoredEntry.Moved.class),
            () -> cast.over(cast.backup()).endSession(live.session().handle(), id));

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
    assertThat(connector.lookUpSession(successor)).isInstanceOf(SessionLookup.Ended.class);
  }

  @Test
  void write_madeAgain_isWritten() throws Exception {
    SessionId id = cast.created(FIRST);
    SessionLookup.Live<Account> live = cast.live(id);

    WriteSessionResult<Account> result =
        madeAgain(
            SECOND.user(),
            () -> connector.writeSession(id, live, changed(live)),
            () -> isOnBoth(id, stored -> stored.contains(SECOND.user())),
            () -> {});

    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    assertThat(cast.live(id).session().data()).isEqualTo(SECOND);
  }

  @Test
  void end_madeAgain_isWritten() throws Exception {
    SessionId id = cast.created(FIRST);
    SessionLookup.Live<Account> live = cast.live(id);

    madeAgain(
        FIRST.user(),
        () -> {
          connector.endSession(live.session().handle(), id);
          return true;
        },
        () -> isOnBoth(id, StoredEntry.Ended.class),
        () -> {});

    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Ended.class);
  }

  /**
   * @param text what the message carries that asks for the write
   * @param isMade whether both owners have the write
   * @param meanwhile done then, before anybody knows that the primary owner is dead
   */
  private <T> T madeAgain(
      String text, Supplier<T> write, Supplier<Boolean> isMade, Runnable meanwhile)
      throws Exception {
    SimulatedNetwork network = cast.cluster().network();
    network.watch(
        cast.caller().address(),
        cast.primary().address(),
        text,
        () -> network.cut(cast.primary().address(), cast.caller().address()));
    Watch again = network.watch(cast.caller().address(), cast.backup().address(), text, () -> {});

    CompletableFuture<T> result = CompletableFuture.supplyAsync(write);
    Awaitility.await("both owners to have the write")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(isMade::get);
    assertThat(result).isNotDone();
    meanwhile.run();
    cast.bury(cast.primary());

    T answer = result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(again.seen()).as("attempts on the other owner").isPositive();
    cast.awaitWholeWithout(cast.primary());
    return answer;
  }

  private SessionRecord<Account> changed(SessionLookup.Live<Account> live) {
    return live.session().withData(SECOND);
  }

  /** The same session as another write, by the node that is the cast.backup(). */
  private void writeAgain(SessionId id) {
    String before = CastOfThree.copy(cast.backup(), id);
    StoredEntry.Live entry = (StoredEntry.Live) EntryFormat.decode(before);
    String after = EntryFormat.encode(entry.writtenAgain(random.nextLong()));
    assertThat(
            cast.backup()
                .watch()
                .entries()
                .replace(CastOfThree.key(id), before, new Entries.Value(after, -1)))
        .isTrue();
  }

  private boolean isOnBoth(SessionId id, Class<? extends StoredEntry> kind) {
    return isOnBoth(id, stored -> kind.isInstance(EntryFormat.decode(stored)));
  }

  private boolean isOnBoth(SessionId id, Predicate<String> what) {
    String here = CastOfThree.copy(cast.primary(), id);
    String there = CastOfThree.copy(cast.backup(), id);
    return here != null && here.equals(there) && what.test(here);
  }

  private void assertMoved(SessionId id, SessionId successor) {
    assertThat(connector.lookUpSession(id)).isInstanceOf(SessionLookup.Moved.class);
    assertThat(cast.live(successor).session().data()).isEqualTo(SECOND);
    assertThat(cast.over(cast.backup()).lookUpSession(successor))
        .isInstanceOf(SessionLookup.Live.class);
  }
}
