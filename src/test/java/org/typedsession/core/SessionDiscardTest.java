package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.Privilege;
import org.typedsession.Session;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.SessionCodec;

/** {@link Session#discard}: what a handler answered itself is not tried again behind its back. */
final class SessionDiscardTest {
  private record Tally(@Privilege int owner, int count) {
    Tally plusOne() {
      return new Tally(owner, count + 1);
    }
  }

  private static final class FullException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Random random = new Random(42);
  private DefaultSessionStore<Tally> store;
  private String cookie;

  @BeforeEach
  void storeOneSession() {
    InstantSource clock = InstantSource.fixed(Instant.parse("2025-01-01T00:00:00Z"));
    SessionCodec<Tally> codec = new TallyCodec();
    store =
        new DefaultSessionStore<>(
            new DefaultSessionStore.Parts<>(
                new MemorySessionStoreConnector<>(
                    codec, clock, () -> SessionHandle.random(random), Duration.ofMinutes(15)),
                codec,
                PrivilegeRule.of(Tally.class),
                () -> new Tally(0, 0),
                SessionPolicy.DEFAULT,
                new RandomSessionCookieGenerator(random),
                clock,
                random,
                event -> {}));
    OpenSession<Tally> first = open("none");
    first.update(Tally::plusOne);
    cookie = ((SessionCookieCommand.Set) first.complete()).cookieValue().reveal();
  }

  @Test
  void discard_afterConflict_leavesNothingToStore() {
    OpenSession<Tally> loser = open(cookie);
    loser.set(new Tally(0, 50));
    increment();
    assertThatThrownBy(loser::save).isInstanceOf(SessionConflictException.class);

    loser.discard();

    assertThat(loser.isChanged()).isFalse();
    assertThat(loser.complete()).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);
    assertThat(open(cookie).data()).isEqualTo(new Tally(0, 2));
  }

  @Test
  void discard_afterFailedRerun_showsTheStoredDataAndTakesNewChanges() {
    OpenSession<Tally> loser = open(cookie);
    loser.update(SessionDiscardTest::untilTwo);
    increment();
    assertThatThrownBy(loser::save).isInstanceOf(FullException.class);

    loser.discard();
    loser.update(tally -> new Tally(tally.owner(), 9));
    loser.complete();

    assertThat(open(cookie).data()).isEqualTo(new Tally(0, 9));
  }

  @Test
  void discard_pendingDelete_endsTheSessionAllTheSame() {
    OpenSession<Tally> session = open(cookie);
    session.delete();

    session.discard();

    assertThat(session.data()).isEqualTo(new Tally(0, 0));
    assertThat(session.complete()).isEqualTo(SessionCookieCommand.Delete.INSTANCE);
    assertThat(open(cookie).isNew()).isTrue();
  }

  @Test
  void discard_newSession_isNotStored() {
    OpenSession<Tally> session = open("none");
    session.update(Tally::plusOne);

    session.discard();

    assertThat(session.data()).isEqualTo(new Tally(0, 0));
    assertThat(session.complete()).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);
    assertThat(store.statistics().creates()).isEqualTo(1);
  }

  @Test
  void discard_afterSave_keepsWhatWasSaved() {
    OpenSession<Tally> session = open(cookie);
    session.update(tally -> new Tally(7, tally.count()));
    session.save();
    session.update(Tally::plusOne);

    session.discard();

    assertThat(session.data()).isEqualTo(new Tally(7, 1));
    assertThat(session.complete()).isInstanceOf(SessionCookieCommand.Set.class);
    assertThat(store.statistics().remaps()).isEqualTo(1);
    assertThat(store.statistics().writesInPlace()).isZero();
  }

  private OpenSession<Tally> open(String cookieValue) {
    return store.open(List.of(cookieValue));
  }

  private void increment() {
    OpenSession<Tally> winner = open(cookie);
    winner.update(Tally::plusOne);
    winner.complete();
  }

  private static Tally untilTwo(Tally tally) {
    if (tally.count() >= 2) {
      throw new FullException();
    }
    return tally.plusOne();
  }

  private static final class TallyCodec implements SessionCodec<Tally> {
    @Override
    public String id() {
      return "tally";
    }

    @Override
    public byte[] encode(Tally data) {
      return ByteBuffer.allocate(8).putInt(data.owner()).putInt(data.count()).array();
    }

    @Override
    public Tally decode(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      return new Tally(buffer.getInt(), buffer.getInt());
    }
  }
}
