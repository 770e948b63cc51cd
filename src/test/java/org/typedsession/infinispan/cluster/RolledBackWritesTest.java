package org.typedsession.infinispan.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionId;
import org.typedsession.infinispan.CastOfThree;
import org.typedsession.infinispan.Members;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;

/**
 * Writes on an optimistic cache between whose read and prepare another one is committed, so that
 * they are rolled back: for a reason, or because the same value was written again, as is done
 * whenever all copies have to agree on it.
 */
final class RolledBackWritesTest {
  private static final Account FIRST = new Account("written-first", 1, 0);
  private static final Account SECOND = new Account("written-second", 2, 0);
  private static final Account THIRD = new Account("written-third", 3, 0);

  private final CastOfThree cast = new CastOfThree(Members.Mode.OPTIMISTIC);
  private final SessionStoreConnector<Account> late = cast.over(cast.backup());
  private final SessionId id = cast.created(FIRST);
  private final SessionLookup.Live<Account> live = liveAtTheBackup();
  private final AtomicInteger rivals = new AtomicInteger();

  @AfterEach
  void stop() {
    cast.close();
  }

  @Test
  void write_theEntryWrittenAgainMeanwhile_isMade() {
    beforeThePrepare(this::writeAgain);

    assertThat(late.writeSession(id, live, changed(THIRD)))
        .isInstanceOf(WriteSessionResult.Written.class);
    assertThat(rivals).hasValue(1);
    assertThat(cast.live(id).session().data()).isEqualTo(THIRD);
  }

  @Test
  void remap_theEntryWrittenAgainMeanwhile_isMade() {
    SessionId successor = cast.idOfOwners();
    beforeThePrepare(this::writeAgain);

    assertThat(late.remapSession(successor, id, live, changed(THIRD)))
        .isInstanceOf(WriteSessionResult.Written.class);
    assertThat(rivals).hasValue(1);
    assertThat(cast.live(successor).session().data()).isEqualTo(THIRD);
  }

  @Test
  void end_theEntryWrittenAgainMeanwhile_isMade() {
    beforeThePrepare(this::writeAgain);

    assertThat(late.endSession(live.session().handle(), id)).isTrue();
    assertThat(rivals).hasValue(1);
  }

  /** As in a login that was sent twice: both look for what became of the id. */
  @Test
  void find_theTombstoneWrittenAgainMeanwhile_findsTheSession() {
    SessionId successor = cast.idOfOwners();
    SessionLookup.Live<Account> before = cast.live(id);
    cast.connector().remapSession(successor, id, before, changed(SECOND));
    beforeThePrepare(this::writeAgain);

    assertThat(late.findSession(live.session().handle(), id))
        .isInstanceOf(SessionLookup.Live.class);
    assertThat(rivals).hasValue(1);
  }

  @Test
  void write_anotherWriteMeanwhile_isAConflict() {
    SessionLookup.Live<Account> before = cast.live(id);
    beforeThePrepare(() -> cast.connector().writeSession(id, before, changed(SECOND)));

    assertThat(late.writeSession(id, live, changed(THIRD)))
        .isInstanceOf(WriteSessionResult.Conflict.class);
    assertThat(rivals).hasValue(1);
    assertThat(cast.live(id).session().data()).isEqualTo(SECOND);
  }

  /**
   * @param rival what another node does when the backup has read the entry, and is about to ask the
   *     primary owner to prepare its replacement
   */
  private void beforeThePrepare(Runnable rival) {
    cast.cluster()
        .network()
        .watch(
            cast.backup().address(),
            cast.primary().address(),
            CastOfThree.key(id),
            () -> {
              rival.run();
              rivals.incrementAndGet();
            });
  }

  private void writeAgain() {
    Entries entries = cast.caller().watch().entries();
    Entries.Value stored = entries.getWithLifespan(CastOfThree.key(id));
    assertThat(entries.replace(CastOfThree.key(id), stored.text(), stored)).isTrue();
  }

  private SessionRecord<Account> changed(Account data) {
    return live.session().withData(data);
  }

  @SuppressWarnings("unchecked") // asserted above the cast
  private SessionLookup.Live<Account> liveAtTheBackup() {
    SessionLookup<Account> found = late.lookUpSession(id);
    assertThat(found).isInstanceOf(SessionLookup.Live.class);
    return (SessionLookup.Live<Account>) found;
  }
}
