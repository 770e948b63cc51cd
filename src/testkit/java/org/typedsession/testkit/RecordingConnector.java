package org.typedsession.testkit;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.Handover;
import org.typedsession.spi.Placement;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.Readiness;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.StoreSize;
import org.typedsession.spi.WriteSessionResult;

/**
 * Passes everything on to another connector, counts it, and does to the next operation of a kind
 * what a test asks for: stop it, fail it, or let something else happen first.
 */
public final class RecordingConnector<D> implements SessionStoreConnector<D> {
  /** What reaches the store. */
  public enum Operation {
    CREATE,
    LOOK_UP,
    UPDATE,
    WRITE,
    END,
    FIND,
    LOOK_UP_PRINCIPAL,
    WRITE_PRINCIPAL,
    CLEAR
  }

  private record Event(Runnable before, Runnable after) {}

  private final SessionStoreConnector<D> target;
  private final Map<Operation, AtomicInteger> counts = new EnumMap<>(Operation.class);
  private final Map<Operation, Queue<Event>> events = new EnumMap<>(Operation.class);
  private volatile @Nullable OptionalInt retries;
  private volatile @Nullable Supplier<Readiness> readiness;

  public RecordingConnector(SessionStoreConnector<D> target) {
    this.target = target;
    for (Operation operation : Operation.values()) {
      counts.put(operation, new AtomicInteger());
      events.put(operation, new ConcurrentLinkedQueue<>());
    }
  }

  public int count(Operation operation) {
    return counts.get(operation).get();
  }

  /** How many operations there were, of any kind. */
  public int count() {
    return counts.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  public void resetCounts() {
    counts.values().forEach(count -> count.set(0));
  }

  /**
   * Has {@code what} happen before the next such operation, or before the one after those planned.
   */
  public void before(Operation operation, Runnable what) {
    events.get(operation).add(new Event(what, RecordingConnector::nothing));
  }

  /** Lets one such operation pass as it is, before what is planned next. */
  public void pass(Operation operation) {
    events.get(operation).add(new Event(RecordingConnector::nothing, RecordingConnector::nothing));
  }

  /** Stops the next such operation before it reaches the store. */
  public Barrier block(Operation operation) {
    Barrier barrier = new Barrier();
    before(operation, barrier::pass);
    return barrier;
  }

  /** Fails the next such operation without any effect. */
  public void fail(Operation operation) {
    before(operation, RecordingConnector::fail);
  }

  /** Has the next such operation take effect, and fail all the same. */
  public void failAfterwards(Operation operation) {
    events.get(operation).add(new Event(RecordingConnector::nothing, RecordingConnector::doubt));
  }

  /** Answers {@link #readiness}. */
  public void setReadiness(Supplier<Readiness> answer) {
    readiness = answer;
  }

  /** Answers {@link #maximumRetriesOnIdCollision}. */
  public void setMaximumRetries(OptionalInt maximum) {
    retries = maximum;
  }

  private static void nothing() {}

  private static void fail() {
    throw new SessionStoreUnavailableException("failed by the test", null);
  }

  private static void doubt() {
    throw SessionStoreUnavailableException.outcomeUnknown("in doubt by the test", null);
  }

  private <T> T record(Operation operation, Supplier<T> action) {
    counts.get(operation).incrementAndGet();
    Event event = events.get(operation).poll();
    if (event == null) {
      return action.get();
    }
    event.before.run();
    T result = action.get();
    event.after.run();
    return result;
  }

  @Override
  public OptionalInt maximumRetriesOnIdCollision() {
    OptionalInt own = retries;
    return own != null ? own : target.maximumRetriesOnIdCollision();
  }

  @Override
  public Readiness readiness() {
    Supplier<Readiness> own = readiness;
    return own != null ? own.get() : target.readiness();
  }

  @Override
  public boolean isFull() {
    return target.isFull();
  }

  @Override
  public boolean mayRotate(SessionLookup.Live<D> expected) {
    return target.mayRotate(expected);
  }

  @Override
  public Optional<StoreSize> size() {
    return target.size();
  }

  @Override
  public Placement placement(@Nullable SessionId predecessor) {
    return target.placement(predecessor);
  }

  @Override
  public SessionRecord<D> newSession(SessionExpiry expiry, D data) {
    return target.newSession(expiry, data);
  }

  @Override
  public WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session) {
    return record(Operation.CREATE, () -> target.createSession(id, session));
  }

  @Override
  public SessionLookup<D> lookUpSession(SessionId id) {
    return record(Operation.LOOK_UP, () -> target.lookUpSession(id));
  }

  @Override
  public WriteSessionResult<D> remapSession(
      SessionId currentId,
      SessionId previousId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      Handover handover) {
    return record(
        Operation.UPDATE,
        () -> target.remapSession(currentId, previousId, expected, session, handover));
  }

  @Override
  public WriteSessionResult<D> writeSession(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    return record(Operation.WRITE, () -> target.writeSession(id, expected, session));
  }

  @Override
  public boolean endSession(SessionHandle handle, SessionId lastKnownId) {
    return record(Operation.END, () -> target.endSession(handle, lastKnownId));
  }

  @Override
  public SessionLookup<D> findSession(SessionHandle handle, SessionId lastKnownId) {
    return record(Operation.FIND, () -> target.findSession(handle, lastKnownId));
  }

  @Override
  public PrincipalRecord.Stored lookUpPrincipal(String name) {
    return record(Operation.LOOK_UP_PRINCIPAL, () -> target.lookUpPrincipal(name));
  }

  @Override
  public boolean writePrincipal(
      String name, PrincipalRecord.Stored expected, PrincipalRecord principal) {
    return record(
        Operation.WRITE_PRINCIPAL, () -> target.writePrincipal(name, expected, principal));
  }

  @Override
  public boolean mayFork() {
    return target.mayFork();
  }

  @Override
  public void clear() {
    record(
        Operation.CLEAR,
        () -> {
          target.clear();
          return Operation.CLEAR;
        });
  }
}
