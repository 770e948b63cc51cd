package org.typedsession.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.Handover;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.AccountCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Race;
import org.typedsession.testkit.RecordingConnector;
import org.typedsession.testkit.RecordingConnector.Operation;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.SequentialCookieGenerator;

/** Records real threads on a real back-end, on one that loses answers, and on one that is wrong. */
final class RecordedStoreTest {
  private static final int SESSIONS = 150;
  private static final int CLIENTS = 3;
  private static final int OPERATIONS = 40;
  private static final int ROUNDS = 20;
  private static final long DEADLINE_SECONDS = 30;

  private final AtomicLong numbers = new AtomicLong();
  private final History history = new History();
  private final RecordedStore<Account> store = new RecordedStore<>(history, Account::left);
  private final Random handles = new Random(1);

  private SessionStoreConnector<Account> memory() {
    return new MemorySessionStoreConnector<>(
        new AccountCodec(),
        new MutableClock(),
        () -> SessionHandle.random(handles),
        Duration.ofMinutes(15));
  }

  @Test
  void memory_underThreads_isExplained() {
    SessionStoreConnector<Account> memory = memory();
    for (int session = 0; session < SESSIONS; session++) {
      visit(memory, session);
    }
    store.conclude();
    Verdict verdict = new HistoryChecker().check(history);
    assertThat(verdict.violations()).as("%s", verdict).isEmpty();
    assertThat(verdict.unread()).isEmpty();
    assertThat(verdict.sessions()).isEqualTo(SESSIONS);
    assertThat(verdict.operations()).isGreaterThan(SESSIONS * CLIENTS * OPERATIONS);
    assertThat(verdict.unanswered()).isZero();
  }

  @Test
  void memory_whoseAnswersAreLostAtTimes_isExplained() {
    RecordingConnector<Account> memory = new RecordingConnector<>(memory());
    for (int session = 0; session < SESSIONS; session++) {
      for (Operation operation : List.of(Operation.WRITE, Operation.UPDATE, Operation.END)) {
        memory.fail(operation);
        memory.pass(operation);
        memory.failAfterwards(operation);
      }
      visit(memory, session);
    }
    store.conclude();
    Verdict verdict = new HistoryChecker().check(history);
    assertThat(verdict.violations()).as("%s", verdict).isEmpty();
    assertThat(verdict.unanswered()).isGreaterThan(SESSIONS);
  }

  @Test
  void connectorThatChecksAndThenActs_isFoundOut() {
    SessionStoreConnector<Account> wrong = new ChecksThenActs(memory(), CLIENTS);
    for (int round = 0; round < ROUNDS; round++) {
      SessionId id = SequentialCookieGenerator.id(numbers.incrementAndGet());
      SessionStoreConnector<Account> first = store.connector("client 0", "node-1", wrong);
      first.createSession(id, first.newSession(SessionExpiry.never(), fresh()));
      SessionLookup<Account> found = first.lookUpSession(id);
      assertThat(found).isInstanceOf(SessionLookup.Live.class);
      SessionLookup.Live<Account> live = (SessionLookup.Live<Account>) found;
      List<Callable<WriteSessionResult<Account>>> clients = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        SessionStoreConnector<Account> own = store.connector("client " + client, "node-1", wrong);
        SessionRecord<Account> next = live.session().withData(fresh());
        clients.add(() -> own.writeSession(id, live, next));
      }
      Race.run(round, clients)
          .forEach(
              outcome ->
                  assertThat(outcome.value()).isInstanceOf(WriteSessionResult.Written.class));
    }
    store.conclude();
    Verdict verdict = new HistoryChecker().check(history);
    // All but one write of each session are lost. Which of them is blamed depends on how they came
    // to overlap, and there are schedules where the last one is blamed beside the others.
    Map<String, List<Violation>> blamed =
        verdict.violations().stream().collect(Collectors.groupingBy(Violation::session));
    assertThat(blamed).as("%s", verdict).hasSize(ROUNDS);
    assertThat(blamed.values())
        .allSatisfy(
            violations ->
                assertThat(violations)
                    .hasSizeBetween(CLIENTS - 1, CLIENTS)
                    .allMatch(violation -> violation.kind() == Violation.Kind.LOST_WRITE));
  }

  private Account fresh() {
    return Account.EMPTY.addLeft(numbers.incrementAndGet());
  }

  /** Several clients use one session at once, each as well as it can. */
  private void visit(SessionStoreConnector<Account> member, int round) {
    SessionStoreConnector<Account> first = store.connector("client 0", "node-1", member);
    SessionId id = SequentialCookieGenerator.id(numbers.incrementAndGet());
    SessionRecord<Account> begin = first.newSession(SessionExpiry.never(), fresh());
    first.createSession(id, begin);
    AtomicReference<SessionId> current = new AtomicReference<>(id);
    List<Callable<Integer>> clients = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      SessionStoreConnector<Account> own = store.connector("client " + client, "node-1", member);
      Random random = Seed.random();
      clients.add(() -> use(own, current, begin.handle(), random));
    }
    Race.run(round, clients).forEach(outcome -> assertThat(outcome.value()).isPositive());
  }

  private int use(
      SessionStoreConnector<Account> connector,
      AtomicReference<SessionId> current,
      SessionHandle session,
      Random random) {
    int operations = 0;
    while (operations++ < OPERATIONS) {
      SessionId id = current.get();
      try {
        if (random.nextInt(2 * CLIENTS * OPERATIONS) == 0) {
          connector.endSession(session, id);
        } else if (connector.lookUpSession(id) instanceof SessionLookup.Live<Account> live) {
          change(connector, current, id, live, random);
        }
      } catch (SessionStoreUnavailableException e) {
        // Recorded; a client goes on.
        operations++;
      }
    }
    return operations;
  }

  private void change(
      SessionStoreConnector<Account> connector,
      AtomicReference<SessionId> current,
      SessionId id,
      SessionLookup.Live<Account> live,
      Random random) {
    Account data = new Account("nobody", numbers.incrementAndGet(), live.session().data().right());
    SessionRecord<Account> next = live.session().withData(data);
    if (random.nextInt(4) > 0) {
      connector.writeSession(id, live, next);
      return;
    }
    SessionId successor = SequentialCookieGenerator.id(numbers.incrementAndGet());
    if (connector.remapSession(successor, id, live, next)
        instanceof WriteSessionResult.Written<Account>) {
      current.set(successor);
    }
  }

  /** Does in two steps what has to be one: all clients have checked before the first acts. */
  private static final class ChecksThenActs implements SessionStoreConnector<Account> {
    private final SessionStoreConnector<Account> target;
    private final CyclicBarrier checked;
    // What it does then is one step; otherwise the back-end would see the others.
    private final Lock lock = new ReentrantLock();

    private ChecksThenActs(SessionStoreConnector<Account> target, int clients) {
      this.target = target;
      this.checked = new CyclicBarrier(clients);
    }

    @Override
    public WriteSessionResult<Account> writeSession(
        SessionId id, SessionLookup.Live<Account> expected, SessionRecord<Account> session) {
      if (!(target.lookUpSession(id) instanceof SessionLookup.Live<Account> live)
          || !live.session().equals(expected.session())) {
        return new WriteSessionResult.Conflict<>();
      }
      // Here somebody else may come in between, and does.
      meet();
      lock.lock();
      try {
        return target.lookUpSession(id) instanceof SessionLookup.Live<Account> now
            ? target.writeSession(id, now, session)
            : new WriteSessionResult.Conflict<>();
      } finally {
        lock.unlock();
      }
    }

    private void meet() {
      try {
        checked.await(DEADLINE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      } catch (BrokenBarrierException | TimeoutException e) {
        throw new AssertionError("the others did not come", e);
      }
    }

    @Override
    public SessionRecord<Account> newSession(SessionExpiry expiry, Account data) {
      return target.newSession(expiry, data);
    }

    @Override
    public WriteSessionResult<Account> createSession(SessionId id, SessionRecord<Account> session) {
      return target.createSession(id, session);
    }

    @Override
    public SessionLookup<Account> lookUpSession(SessionId id) {
      return target.lookUpSession(id);
    }

    @Override
    public WriteSessionResult<Account> remapSession(
        SessionId currentId,
        SessionId previousId,
        SessionLookup.Live<Account> expected,
        SessionRecord<Account> session,
        Handover handover) {
      return target.remapSession(currentId, previousId, expected, session, handover);
    }

    @Override
    public boolean endSession(SessionHandle handle, SessionId lastKnownId) {
      return target.endSession(handle, lastKnownId);
    }

    @Override
    public SessionLookup<Account> findSession(SessionHandle handle, SessionId lastKnownId) {
      return target.findSession(handle, lastKnownId);
    }

    @Override
    public PrincipalRecord.Stored lookUpPrincipal(String name) {
      return target.lookUpPrincipal(name);
    }

    @Override
    public boolean writePrincipal(
        String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
      return target.writePrincipal(name, expected, principal);
    }

    @Override
    public void clear() {
      target.clear();
    }
  }
}
