package org.typedsession;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.spi.LogLimit;
import org.typedsession.spi.SessionCookieGenerator;
import org.typedsession.spi.SessionId;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/**
 * The operations of a connector as sessions use them: with fresh cookie values where an id is new,
 * what is dead or unreadable told apart, and everything counted.
 */
final class SessionOperations<D> {
  private final SessionStoreConnector<D> connector;
  private final SessionCookieGenerator cookies;
  private final SessionPolicy policy;
  private final InstantSource clock;
  private final Consumer<SessionEvent> events;
  private final StoreLog log;

  // Replaced when the store learns what to watch with; until then nobody can watch.
  private volatile @Nullable SessionWatches watches;

  private final LongAdder creates = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder writesInPlace = new LongAdder();
  private final LongAdder remaps = new LongAdder();
  private final LongAdder deletes = new LongAdder();
  private final LongAdder conflicts = new LongAdder();
  private final LongAdder reruns = new LongAdder();
  private final LongAdder replays = new LongAdder();
  private final LongAdder undecodable = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final LongAdder unknownOutcomes = new LongAdder();

  SessionOperations(
      SessionStoreConnector<D> connector,
      SessionCookieGenerator cookies,
      SessionPolicy policy,
      InstantSource clock,
      Consumer<SessionEvent> events,
      StoreLog log) {
    this.connector = connector;
    this.cookies = cookies;
    this.policy = policy;
    this.clock = clock;
    this.events = events;
    this.log = log;
  }

  /** Now, as exactly as stores keep it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  SessionRecord<D> begin(SessionExpiry expiry, D data) {
    return connector.newSession(expiry, data);
  }

  /** What the store knows of a cookie value. One read, unless something has to be ended. */
  Origin<D> find(SessionCookieValue cookieValue) {
    SessionLookup<D> found = answered(() -> connector.lookUpSession(cookieValue.id()));
    reads.increment();
    if (found instanceof SessionLookup.Live<D> live) {
      return isBeyondLifetime(live.session())
          ? new Origin.Absent<>()
          : new Origin.Stored<>(cookieValue, live);
    }
    if (found instanceof SessionLookup.Moved<D> moved) {
      return dead(cookieValue, moved);
    }
    if (found instanceof SessionLookup.Undecodable<D> broken) {
      discard(cookieValue, broken);
    }
    return new Origin.Absent<>();
  }

  // The lifetime may have been shortened since the expiry was stored.
  private boolean isBeyondLifetime(SessionRecord<D> session) {
    return SessionExpiry.in(policy.absoluteLifetime(), session.createdAt()).isExpired(now());
  }

  private Origin<D> dead(SessionCookieValue cookieValue, SessionLookup.Moved<D> moved) {
    boolean recent = now().isBefore(moved.movedAt().plus(policy.recent()));
    if (!recent) {
      replays.increment();
      log.replayed(moved.handle());
      if (policy.endReplayed()) {
        end(moved.handle(), cookieValue.id());
      }
      events.accept(new SessionEvent.SessionReplayed(moved.handle()));
    }
    return new Origin.Dead<>(moved.handle(), cookieValue.id(), recent);
  }

  private void discard(SessionCookieValue cookieValue, SessionLookup.Undecodable<D> broken) {
    answered(
        () -> {
          connector.endSession(broken.handle(), cookieValue.id());
          return true;
        });
    undecodable.increment();
    String reason = String.valueOf(broken.cause().getMessage());
    log.undecodable(broken.handle(), reason);
    events.accept(new SessionEvent.SessionUndecodable(broken.handle(), reason));
  }

  Origin.Stored<D> create(SessionRecord<D> session) {
    Attempt<D> attempt = withFreshId(null, id -> connector.createSession(id, session));
    if (!(attempt.result instanceof WriteSessionResult.Written<D> written)) {
      throw new IllegalStateException("a connector refused a new session: " + attempt.result);
    }
    creates.increment();
    return new Origin.Stored<>(attempt.cookieValue, written.stored());
  }

  /** Remaps; null is a conflict. */
  Origin.@Nullable Stored<D> remap(Origin.Stored<D> from, SessionRecord<D> session) {
    SessionId previous = from.cookieValue().id();
    Attempt<D> attempt =
        withFreshId(previous, id -> connector.updateSession(id, previous, from.live(), session));
    if (!(attempt.result instanceof WriteSessionResult.Written<D> written)) {
      return null;
    }
    remaps.increment();
    told(each -> each.replaced(previous));
    return new Origin.Stored<>(attempt.cookieValue, written.stored());
  }

  /** Writes in place; null is a conflict. */
  Origin.@Nullable Stored<D> write(Origin.Stored<D> from, SessionRecord<D> session) {
    WriteSessionResult<D> result =
        answered(() -> connector.writeSession(from.cookieValue().id(), from.live(), session));
    if (!(result instanceof WriteSessionResult.Written<D> written)) {
      return null;
    }
    writesInPlace.increment();
    return new Origin.Stored<>(from.cookieValue(), written.stored());
  }

  void end(SessionHandle handle, SessionId lastKnownId) {
    answered(
        () -> {
          connector.endSession(handle, lastKnownId);
          return true;
        });
    deletes.increment();
    told(each -> each.ended(handle));
  }

  /**
   * The data that the store holds under {@code id}; empty if that is not the id of a live session.
   */
  Optional<D> stored(SessionId id) {
    SessionLookup<D> found = answered(() -> connector.lookUpSession(id));
    reads.increment();
    return found.live().filter(session -> !isBeyondLifetime(session)).map(SessionRecord::data);
  }

  void watchWith(Supplier<ScheduledExecutorService> threads) {
    watches = new SessionWatches(threads, id -> stored(id).isPresent(), new LogLimit(clock));
  }

  SessionWatch watch(SessionHandle handle, SessionId id, Runnable action) {
    SessionWatches present = watches;
    if (present == null) {
      throw new IllegalStateException(
          "this store has no thread to watch with; give it one by DefaultSessionStore.watchWith");
    }
    return present.add(handle, id, action);
  }

  private void told(Consumer<SessionWatches> what) {
    SessionWatches present = watches;
    if (present != null) {
      what.accept(present);
    }
  }

  void clear() {
    answered(
        () -> {
          connector.clear();
          return true;
        });
    told(SessionWatches::cleared);
  }

  SessionConflictException conflict(String message) {
    conflicts.increment();
    return new SessionConflictException(message);
  }

  void countRerun() {
    reruns.increment();
  }

  SessionStatistics statistics() {
    return new SessionStatistics(
        creates.sum(),
        reads.sum(),
        writesInPlace.sum(),
        remaps.sum(),
        deletes.sum(),
        conflicts.sum(),
        reruns.sum(),
        replays.sum(),
        undecodable.sum(),
        unavailable.sum(),
        unknownOutcomes.sum());
  }

  private record Attempt<D>(SessionCookieValue cookieValue, WriteSessionResult<D> result) {}

  private Attempt<D> withFreshId(
      @Nullable SessionId predecessor, Function<SessionId, WriteSessionResult<D>> write) {
    OptionalInt retries = connector.maximumRetriesOnIdCollision();
    int attempts = 0;
    while (retries.isEmpty() || attempts <= retries.getAsInt()) {
      SessionCookieValue fresh = cookies.next(connector.preferredIds(predecessor));
      WriteSessionResult<D> result = answered(() -> write.apply(fresh.id()));
      attempts++;
      if (!(result instanceof WriteSessionResult.IdExists)) {
        return new Attempt<>(fresh, result);
      }
    }
    SessionIdCollisionException failure = new SessionIdCollisionException(attempts);
    log.collided(failure);
    throw failure;
  }

  private <T> T answered(Supplier<T> operation) {
    T answer;
    try {
      answer = operation.get();
    } catch (SessionStoreUnavailableException e) {
      (e.isOutcomeUnknown() ? unknownOutcomes : unavailable).increment();
      log.refused(e);
      throw e;
    }
    log.served();
    return answer;
  }
}
