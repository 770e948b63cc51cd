package org.typedsession.infinispan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionId;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.SimulatedNetwork.Watch;
import org.typedsession.spi.Placement;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/** Operations on threads that somebody interrupts, before them and in the middle. */
final class InterruptTest {
  private static final int ROUNDS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Random random = Seed.random();
  private final RandomSessionCookieGenerator cookies = new RandomSessionCookieGenerator(random);
  private final MutableClock clock = new MutableClock();

  @AfterEach
  void forget() {
    Thread.interrupted();
  }

  private SessionStoreConnector<Account> over(Node node) {
    return new InfinispanSessionStoreConnector<>(
        node.cache(), "interrupt-", new AccountCodec(), clock, random, Duration.ofMinutes(15));
  }

  private SessionId anyId() {
    return cookies.next(Placement.ANYWHERE).id();
  }

  /**
   * Gives what {@code operation} does on a thread that is interrupted before, and still is then.
   */
  private static <T> T interrupted(Supplier<T> operation) {
    Thread.currentThread().interrupt();
    T result = operation.get();
    assertThat(Thread.interrupted()).as("interrupted afterwards").isTrue();
    return result;
  }

  private static SessionLookup.Live<Account> written(WriteSessionResult<Account> result) {
    assertThat(result).isInstanceOf(WriteSessionResult.Written.class);
    return ((WriteSessionResult.Written<Account>) result).stored();
  }

  @ParameterizedTest
  @EnumSource
  void everyOperation_onAnInterruptedThread_takesEffectAndLeavesItInterrupted(Members.Mode mode) {
    try (SimulatedCluster cluster = SimulatedCluster.calm(mode.configuration(true), 3)) {
      List<SessionStoreConnector<Account>> connectors =
          cluster.nodes().stream().map(this::over).toList();
      for (int round = 0; round < ROUNDS; round++) {
        everyOperation(connectors.get(round % 3), connectors.get((round + 1) % 3), "user-" + round);
      }
    }
  }

  private void everyOperation(
      SessionStoreConnector<Account> one, SessionStoreConnector<Account> other, String name) {
    SessionId first = anyId();
    SessionId second = anyId();
    SessionLookup.Live<Account> live =
        written(
            interrupted(
                () ->
                    one.createSession(
                        first, one.newSession(SessionExpiry.never(), Account.EMPTY))));
    SessionLookup.Live<Account> created = live;
    live =
        written(
            interrupted(
                () ->
                    other.writeSession(
                        first, created, created.session().withData(Account.EMPTY.addLeft(1)))));
    SessionLookup.Live<Account> changed = live;
    live = written(interrupted(() -> one.remapSession(second, first, changed, changed.session())));
    assertThat(interrupted(() -> other.lookUpSession(first)))
        .isInstanceOf(SessionLookup.Moved.class);
    SessionLookup.Live<Account> last = live;
    assertThat(interrupted(() -> other.findSession(last.session().handle(), first)))
        .isInstanceOf(SessionLookup.Live.class);
    PrincipalRecord.Stored nobody = interrupted(() -> one.lookUpPrincipal(name));
    assertThat(
            interrupted(
                () ->
                    other.writePrincipal(
                        name,
                        nobody,
                        new PrincipalRecord(1, 0, 0, SessionExpiry.never(), List.of()))))
        .isTrue();
    assertThat(interrupted(() -> other.endSession(last.session().handle(), first))).isTrue();
    assertThat(one.lookUpSession(second)).isInstanceOf(SessionLookup.Ended.class);
    SessionId third = anyId();
    one.createSession(third, one.newSession(SessionExpiry.never(), Account.EMPTY));
    interrupted(
        () -> {
          other.clear();
          return true;
        });
    assertThat(one.lookUpSession(third)).isInstanceOf(SessionLookup.Ended.class);
  }

  // A transaction that is interrupted may be answered by "unknown".
  @Test
  void write_interruptedWhenItsRequestLeaves_takesEffect() {
    try (SimulatedCluster cluster =
        SimulatedCluster.calm(Members.Mode.PLAIN.configuration(true), 3)) {
      Node caller = cluster.nodes().get(0);
      SessionStoreConnector<Account> connector = over(caller);
      int reached = 0;
      for (int round = 0; round < ROUNDS; round++) {
        reached += interruptedInTheMiddle(cluster, caller, connector, round);
      }
      assertThat(reached).as("interrupts in the middle of an operation").isPositive();
    }
  }

  private int interruptedInTheMiddle(
      SimulatedCluster cluster, Node caller, SessionStoreConnector<Account> connector, int round) {
    SessionId first = anyId();
    SessionId second = anyId();
    SessionLookup.Live<Account> live =
        written(
            connector.createSession(
                first, connector.newSession(SessionExpiry.never(), Account.EMPTY)));
    Account next = new Account("interrupted-" + round, round, 0);
    Thread thread = Thread.currentThread();
    List<Watch> watches =
        cluster.nodes().stream()
            .filter(node -> node != caller)
            .map(
                node ->
                    cluster
                        .network()
                        .watch(caller.address(), node.address(), next.user(), thread::interrupt))
            .toList();

    WriteSessionResult<Account> result =
        round % 2 == 0
            ? connector.writeSession(first, live, live.session().withData(next))
            : connector.remapSession(second, first, live, live.session().withData(next));

    boolean interrupted = Thread.interrupted();
    int seen = watches.stream().mapToInt(Watch::seen).sum();
    assertThat(interrupted).isEqualTo(seen > 0);
    assertThat(written(result).session().data()).isEqualTo(next);
    assertThat(connector.readSession(round % 2 == 0 ? first : second)).isPresent();
    return seen;
  }

  @Test
  void close_onAnInterruptedThread_waitsForOperations() throws Exception {
    OperationGate gate = new OperationGate(Optional::empty);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    AtomicBoolean endedBefore = new AtomicBoolean();
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    Thread operation =
        new Thread(
            () ->
                gate.pass(
                    () -> {
                      begun.countDown();
                      try {
                        go.await();
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                      ended.set(true);
                      return true;
                    }));
    Thread closing =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              gate.close(PATIENCE);
              endedBefore.set(ended.get());
              stillInterrupted.set(Thread.interrupted());
            });
    operation.start();
    begun.await();
    closing.start();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                closing.getState() == Thread.State.TIMED_WAITING
                    || closing.getState() == Thread.State.TERMINATED);
    go.countDown();
    operation.join();
    closing.join();

    assertThat(endedBefore).isTrue();
    assertThat(stillInterrupted).isTrue();
  }
}
