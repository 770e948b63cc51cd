package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.container.EmbeddedContainer;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionCodec;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.Seed;

/** A member that is closed while requests on it go on. */
final class LeavingMemberTest {
  private static final int WRITERS = 8;
  private static final int WRITES_BEFORE = 50;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);

  private InfinispanSessionStoreConnector<Account> over(
      SessionCache cache, SessionCodec<Account> codec) {
    return new InfinispanSessionStoreConnector<>(
        cache, "leaving", codec, InstantSource.system(), random, Duration.ofMinutes(15));
  }

  /** A session of which every second change gives a new id, and the last acknowledged state. */
  private final class Writer implements Runnable {
    private final InfinispanSessionStoreConnector<Account> member;
    private final CountDownLatch warm = new CountDownLatch(WRITES_BEFORE);
    private SessionId id;
    private SessionLookup.Live<Account> live;

    Writer(InfinispanSessionStoreConnector<Account> member) {
      this.member = member;
      this.id = cookies.next(member.placement(null)).id();
      this.live =
          written(
              member.createSession(id, member.newSession(SessionExpiry.never(), Account.EMPTY)));
    }

    /** Writes until the member refuses. */
    @Override
    public void run() {
      while (true) {
        long number = live.session().data().left() + 1;
        SessionRecord<Account> next = live.session().withData(live.session().data().addLeft(1));
        SessionId successor = cookies.next(member.placement(id)).id();
        try {
          live =
              written(
                  number % 2 == 0
                      ? member.remapSession(successor, id, live, next)
                      : member.writeSession(id, live, next));
        } catch (SessionStoreUnavailableException expected) {
          return;
        }
        id = number % 2 == 0 ? successor : id;
        warm.countDown();
      }
    }
  }

  private static SessionLookup.Live<Account> written(WriteSessionResult<Account> result) {
    if (result instanceof WriteSessionResult.Written<Account> written) {
      return written.stored();
    }
    throw new AssertionError("expected a write, got " + result);
  }

  @ParameterizedTest
  @EnumSource(Members.Mode.class)
  void close_underWrites_whatWasAcknowledgedIsOnTheOtherMember(Members.Mode mode) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    // Of two, the one that is left may take an orderly end of the other for a loss.
    try (Members members = Members.clustered(mode, 3)) {
      InfinispanSessionStoreConnector<Account> leaver = over(members.first(), new AccountCodec());
      InfinispanSessionStoreConnector<Account> other = over(members.last(), new AccountCodec());
      List<Writer> writers = new ArrayList<>();
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(new Writer(leaver));
      }
      writers.forEach(writer -> runs.add(threads.submit(writer)));
      for (Writer writer : writers) {
        assertThat(writer.warm.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      }

      members.first().close();
      for (Future<?> run : runs) {
        run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }

      for (Writer writer : writers) {
        assertThat(other.lookUpSession(writer.id))
            .isInstanceOfSatisfying(
                SessionLookup.Live.class,
                found -> assertThat(found.session()).isEqualTo(writer.live.session()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void close_operationUnderWay_waitsForItAndRefusesOthers()
      throws InterruptedException, ExecutionException, TimeoutException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    SessionCache cache = EmbeddedContainer.local("closing");
    InfinispanSessionStoreConnector<Account> slow = over(cache, new HesitantCodec(begun, goOn));
    InfinispanSessionStoreConnector<Account> quick = over(cache, new AccountCodec());
    SessionId id = cookies.next(Placement.ANYWHERE).id();

    CompletableFuture<WriteSessionResult<Account>> write =
        CompletableFuture.supplyAsync(
            () -> slow.createSession(id, slow.newSession(SessionExpiry.never(), Account.EMPTY)));
    begun.await();
    CompletableFuture<Void> close = CompletableFuture.runAsync(cache::close);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThatExceptionOfType(SessionStoreUnavailableException.class)
                    .isThrownBy(() -> quick.lookUpSession(id)));

    assertThat(close).isNotDone();
    assertThat(cache.cache().getStatus().allowInvocations()).isTrue();
    goOn.countDown();
    assertThat(write.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(WriteSessionResult.Written.class);
    close.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(cache.cache().getStatus().isTerminated()).isTrue();
  }

  /** Tells that it was asked to encode, and waits. */
  private record HesitantCodec(CountDownLatch begun, CountDownLatch goOn)
      implements SessionCodec<Account> {
    private static final AccountCodec CODEC = new AccountCodec();

    @Override
    public String id() {
      return CODEC.id();
    }

    @Override
    public byte[] encode(Account data) {
      begun.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return CODEC.encode(data);
    }

    @Override
    public Account decode(byte[] bytes) {
      return CODEC.decode(bytes);
    }
  }
}
