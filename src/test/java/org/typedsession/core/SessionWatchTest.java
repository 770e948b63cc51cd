package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionWatch;
import org.typedsession.spi.OpenSession;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.Barrier;
import org.typedsession.testkit.RecordingConnector.Operation;

/** {@link Session#stored} and {@link Session#whenEnded}. */
final class SessionWatchTest {
  private final StoreInMemory<Account> world = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);
  private final ByHand thread = new ByHand();
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void watch() {
    world.store.watchWith(() -> thread);
  }

  @AfterEach
  void shutDown() {
    thread.shutdownNow();
  }

  private OpenSession<Account> sealed(SessionCookieValue cookie) {
    OpenSession<Account> session = world.open(cookie);
    session.complete();
    return session;
  }

  @Test
  void stored_changedByAnother_isWhatTheStoreHoldsAndDataIsNot() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = sealed(cookie);
    OpenSession<Account> other = world.open(cookie);
    other.update(data -> data.addLeft(1));
    other.complete();

    assertThat(session.stored()).contains(Account.EMPTY.addLeft(1));
    assertThat(session.data()).isEqualTo(Account.EMPTY);
  }

  @Test
  void stored_withANewIdOrWithoutAny_isEmpty() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = sealed(cookie);
    rotate(cookie);
    world.clock.advance(Duration.ofMinutes(1));
    world.events.clear();

    assertThat(session.stored()).isEmpty();
    assertThat(world.open().stored()).isEmpty();
    // Nobody has presented the old id, so it was not replayed.
    assertThat(world.events).isEmpty();
  }

  @Test
  void stored_ofAnExpiredSession_isEmpty() {
    OpenSession<Account> session = sealed(world.stored(Account.EMPTY));
    world.clock.advance(Duration.ofMinutes(31));

    assertThat(session.stored()).isEmpty();
  }

  @Test
  void whenEnded_sessionDeletedHere_isToldAtOnceAndOnce() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    sealed(cookie).whenEnded(() -> told.add("ended"));
    thread.run();
    assertThat(told).isEmpty();

    delete(cookie);
    thread.run();
    thread.runScheduled();

    assertThat(told).containsExactly("ended");
    assertThat(thread.isWaiting()).isFalse();
  }

  @Test
  void whenEnded_newIdHere_isToldAtOnce() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    sealed(cookie).whenEnded(() -> told.add("ended"));

    rotate(cookie);
    thread.run();

    assertThat(told).containsExactly("ended");
  }

  @Test
  void whenEnded_allCleared_isTold() {
    sealed(world.stored(Account.EMPTY)).whenEnded(() -> told.add("ended"));

    world.store.clear();
    thread.run();

    assertThat(told).containsExactly("ended");
  }

  @Test
  void whenEnded_anotherSessionDeleted_isNotTold() {
    SessionCookieValue other = world.stored(Account.EMPTY);
    sealed(world.stored(Account.EMPTY)).whenEnded(() -> told.add("ended"));

    delete(other);
    thread.run();
    thread.runScheduled();

    assertThat(told).isEmpty();
    assertThat(thread.isWaiting()).isTrue();
  }

  @Test
  void whenEnded_expired_isToldWhenTheStoreIsAsked() {
    OpenSession<Account> session = sealed(world.stored(Account.EMPTY));
    session.whenEnded(() -> told.add("one"));
    session.whenEnded(() -> told.add("two"));
    thread.run();
    world.connector.resetCounts();
    world.clock.advance(Duration.ofMinutes(31));

    thread.runScheduled();

    assertThat(told).containsExactlyInAnyOrder("one", "two");
    assertThat(world.connector.count(Operation.LOOK_UP)).isOne();
  }

  @Test
  void whenEnded_endedBeforeItIsWatched_isTold() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = sealed(cookie);
    delete(cookie);

    session.whenEnded(() -> told.add("ended"));
    thread.run();

    assertThat(told).containsExactly("ended");
  }

  @Test
  void whenEnded_storeAway_waits() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    sealed(cookie).whenEnded(() -> told.add("ended"));
    thread.run();
    world.clock.advance(Duration.ofMinutes(31));
    world.connector.fail(Operation.LOOK_UP);

    thread.runScheduled();

    assertThat(told).isEmpty();
    assertThat(thread.isWaiting()).isTrue();
  }

  @Test
  void whenEnded_actionThrows_othersAreTold() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = sealed(cookie);
    session.whenEnded(
        () -> {
          throw new IllegalStateException("of the application");
        });
    session.whenEnded(() -> told.add("ended"));

    delete(cookie);
    thread.run();

    assertThat(told).containsExactly("ended");
  }

  @Test
  void close_beforeTheEnd_isNotTold() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    SessionWatch watch = sealed(cookie).whenEnded(() -> told.add("ended"));
    watch.close();

    delete(cookie);
    thread.run();

    assertThat(told).isEmpty();
  }

  @Test
  void whenEnded_ownerGone_isForgotten() {
    OpenSession<Account> session = sealed(world.stored(Account.EMPTY));
    whenEndedForSomethingShortLived(session);
    SessionWatches watches = world.store.operations().watches();
    assertThat(watches.size()).isOne();

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              System.gc();
              return watches.size() == 0;
            });
    thread.runScheduled();

    assertThat(thread.isWaiting()).as("asks the store no more").isFalse();
    assertThat(told).isEmpty();
  }

  // In a method of its own, so that no variable of the test refers to it.
  private void whenEndedForSomethingShortLived(OpenSession<Account> session) {
    session.whenEnded(new Object(), gone -> told.add("ended"));
    thread.run();
  }

  @Test
  void whenEnded_ownerThere_isGivenIt() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    List<String> connection = new ArrayList<>();
    sealed(cookie).whenEnded(connection, present -> present.add("closed"));
    sealed(cookie).whenEnded(connection, present -> present.add("not closed")).close();

    delete(cookie);
    thread.run();

    assertThat(connection).containsExactly("closed");
  }

  @Test
  void whenEnded_moreThanASessionMayHave_isRefused() {
    OpenSession<Account> session = sealed(world.stored(Account.EMPTY));
    SessionWatch first = session.whenEnded(() -> {});
    for (int i = 1; i < SessionWatches.MOST_PER_SESSION; i++) {
      session.whenEnded(() -> {});
    }

    assertThatIllegalStateException()
        .isThrownBy(() -> session.whenEnded(() -> {}))
        .withMessageContaining("256 watches");
    sealed(world.stored(Account.EMPTY)).whenEnded(() -> told.add("another's"));
    first.close();
    session.whenEnded(() -> {});

    assertThat(world.store.operations().watches().size())
        .isEqualTo(SessionWatches.MOST_PER_SESSION + 1);
  }

  @Test
  void close_everyWatch_leavesNothing() {
    SessionCookieValue cookie = world.stored(Account.EMPTY);
    OpenSession<Account> session = sealed(cookie);
    for (int i = 0; i < 1_000; i++) {
      session.whenEnded(() -> {}).close();
    }

    assertThat(world.store.operations().watches().size()).isZero();
  }

  @Test
  void whenEnded_slowAction_delaysNoOtherSession() throws Exception {
    ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(4);
    try {
      world.store.watchWith(() -> threads);
      SessionCookieValue slow = world.stored(Account.EMPTY);
      SessionCookieValue other = world.stored(Account.EMPTY);
      Barrier barrier = new Barrier();
      CountDownLatch ended = new CountDownLatch(1);
      sealed(slow).whenEnded(barrier::pass);
      sealed(other).whenEnded(ended::countDown);

      delete(slow);
      barrier.awaitArrival();
      delete(other);

      assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
      barrier.open();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whenEnded_nothingStored_saysSo() {
    assertThatIllegalStateException()
        .isThrownBy(() -> world.open().whenEnded(() -> {}))
        .withMessageContaining("nothing is stored");
  }

  @Test
  void whenEnded_storeWithoutAThread_saysSo() {
    StoreInMemory<Account> bare = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);
    OpenSession<Account> session = bare.open(bare.stored(Account.EMPTY));

    assertThatIllegalStateException()
        .isThrownBy(() -> session.whenEnded(() -> {}))
        .withMessageContaining("watchWith");
  }

  private void delete(SessionCookieValue cookie) {
    OpenSession<Account> session = world.open(cookie);
    session.delete();
    session.complete();
  }

  private void rotate(SessionCookieValue cookie) {
    OpenSession<Account> session = world.open(cookie);
    session.rotateId();
    assertThat(cookieValue(session.complete())).isNotEqualTo(cookie);
  }

  /** Runs what it is given when the test says so. */
  private static final class ByHand extends ScheduledThreadPoolExecutor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private @Nullable Runnable scheduled;

    ByHand() {
      super(1);
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    @SuppressWarnings("NullAway") // nobody looks at it
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      assertThat(scheduled).isNull();
      assertThat(unit.toSeconds(delay)).isEqualTo(SessionWatches.INTERVAL.toSeconds());
      scheduled = task;
      return null;
    }

    boolean isWaiting() {
      return scheduled != null;
    }

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    void runScheduled() {
      Runnable task = scheduled;
      scheduled = null;
      if (task != null) {
        task.run();
        run();
      }
    }
  }
}
