package org.typedsession.core;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionEvent;
import org.typedsession.SessionEvent.SessionEnded.Cause;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionIdCollisionException;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStatistics;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.SessionSummary;
import org.typedsession.spi.Handover;
import org.typedsession.spi.Placement;
import org.typedsession.spi.PrincipalRecord;
import org.typedsession.spi.SessionCookieGenerator;
import org.typedsession.spi.SessionLookup;
import org.typedsession.spi.SessionRecord;
import org.typedsession.spi.SessionStoreConnector;
import org.typedsession.spi.WriteSessionResult;

/**
 * The operations of a connector as sessions use them: with fresh cookie values where an id is new,
 * what is dead or unreadable told apart, and everything counted.
 */
final class SessionOperations<D> {
  // Whatever it keeps: of the data it is the access that knows.
  private final SessionStoreConnector<?> connector;
  private final SessionAccess<D> access;
  private final SessionCookieGenerator cookies;
  private final SessionPolicy policy;
  private final boolean handsOver;
  private final InstantSource clock;
  private final Consumer<SessionEvent> events;
  private final StoreLog log;
  private final Principals<?> principals;
  private final EventLimit replayEvents;
  private final OperationCounts counts = new OperationCounts();
  private final SessionWatches watches;

  /**
   * @param declared whether the type of the data declares privileges, so that a login may be the
   *     same as another
   */
  SessionOperations(
      SessionStoreConnector<?> connector,
      SessionAccess<D> access,
      SessionCookieGenerator cookies,
      SessionPolicy policy,
      boolean declared,
      InstantSource clock,
      Consumer<SessionEvent> events,
      StoreLog log) {
    this.connector = connector;
    this.access = access;
    this.cookies = cookies;
    this.policy = policy;
    this.handsOver = declared && !policy.overtaken().isZero();
    this.clock = clock;
    this.events = events;
    this.log = log;
    this.replayEvents = new EventLimit(clock);
    this.principals = new Principals<>(connector, policy, clock);
    this.watches = new SessionWatches(this::isLive, clock);
  }

  /** Now, as exactly as stores keep it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  SessionRecord<D> begin(SessionExpiry expiry, D data) {
    return access.begin(expiry, data);
  }

  /**
   * What the store knows of a cookie value. One read, and one more for a session with a principal,
   * unless something has to be ended.
   */
  LoadedSession<D> find(SessionCookieValue cookieValue) {
    SessionLookup<D> found = lookUp(cookieValue);
    if (found instanceof SessionLookup.Moved<D> moved
        && !now().isBefore(moved.movedAt().plus(policy.replayAfter()))) {
      replayed(cookieValue, moved);
    }
    return origin(cookieValue, found);
  }

  /**
   * What the store knows by now of a cookie value that a request came with. That its id was
   * replaced meanwhile, however long ago, is no replay.
   */
  LoadedSession<D> findAgain(SessionCookieValue cookieValue) {
    return origin(cookieValue, lookUp(cookieValue));
  }

  private LoadedSession<D> origin(SessionCookieValue cookieValue, SessionLookup<D> found) {
    if (found instanceof SessionLookup.Live<D> live) {
      return new LoadedSession.Live<>(cookieValue, live);
    }
    if (found instanceof SessionLookup.Moved<D> moved) {
      return new LoadedSession.Replaced<>(
          moved.handle(),
          cookieValue,
          moved.movedAt(),
          isOvertaken(moved.movedAt()),
          moved.handover());
    }
    if (found instanceof SessionLookup.Undecodable<D> broken) {
      discard(cookieValue, broken);
    }
    if (found instanceof SessionLookup.Unknown<D>) {
      counts.unknownIds.increment();
    }
    return new LoadedSession.None<>();
  }

  private SessionLookup<D> lookUp(SessionCookieValue cookieValue) {
    return lookUp(cookieValue.id(), () -> access.lookUp(cookieValue));
  }

  /**
   * What there is under an id; a session that its principal's entry does not let in is not live.
   *
   * @param read asks the store for it
   */
  private <T> SessionLookup<T> lookUp(SessionId id, Supplier<SessionLookup<T>> read) {
    @Nullable Object refused = null;
    while (true) {
      SessionLookup<T> found = answered(read);
      counts.reads.increment();
      if (!(found instanceof SessionLookup.Live<T> live)) {
        return found;
      }
      if (isBeyondLifetime(live.session())) {
        return new SessionLookup.Unknown<>();
      }
      if (answered(() -> principals.isAdmitted(live.session(), id))) {
        return found;
      }
      if (live.version().equals(refused)) {
        endRefused(live.session(), id);
        return new SessionLookup.Ended<>(live.session().handle());
      }
      // It may have got another id or another principal between the two reads.
      refused = live.version();
    }
  }

  // What it holds is of no use any more. Nothing depends on that being freed now.
  private void endRefused(SessionRecord<?> session, SessionId id) {
    quietly(
        () -> {
          if (connector.endSession(session.handle(), id)) {
            tellEnd(session.handle(), session.principal(), Cause.REVOKED);
          }
        });
    watches.ended(session.handle());
  }

  private void quietly(Runnable operation) {
    try {
      operation.run();
    } catch (SessionStoreUnavailableException e) {
      log.refused(e);
    }
  }

  // The lifetime may have been shortened since the expiry was stored.
  private boolean isBeyondLifetime(SessionRecord<?> session) {
    return SessionExpiry.in(policy.absoluteLifetime(), session.createdAt()).isExpired(now());
  }

  private boolean isOvertaken(Instant movedAt) {
    return now().isBefore(movedAt.plus(policy.overtaken()));
  }

  private void replayed(SessionCookieValue cookieValue, SessionLookup.Moved<D> moved) {
    counts.replays.increment();
    log.replayed(moved.handle());
    if (replayEvents.admits(moved.handle())) {
      events.accept(new SessionEvent.SessionReplayed(moved.handle(), now()));
    }
    if (policy.endReplayed()) {
      end(moved.handle(), cookieValue.id(), null, Cause.REPLAY);
    }
  }

  /** The request that replaced an id first. */
  record Winner<D>(LoadedSession.Live<D> stored, Successor successor) {}

  /**
   * Who replaced the id of an overtaken request. To be handed out to none but a request that has
   * shown that it may be one with the winner.
   *
   * @return empty if that cannot be told, or the session has moved on since, or is over
   */
  Optional<Winner<D>> winner(LoadedSession.Replaced<D> dead) {
    // By the clock of now: a request that is held open does not hold the span open.
    return isOvertaken(dead.movedAt())
        ? Successor.open(dead.handover(), dead.cookieValue(), dead.handle())
            .flatMap(successor -> winner(successor, dead))
        : Optional.empty();
  }

  private Optional<Winner<D>> winner(Successor successor, LoadedSession.Replaced<D> dead) {
    // The winner itself may be waiting for its answer yet. Whoever is told now is told for good.
    answered(() -> connector.findSession(dead.handle(), dead.cookieValue().id()));
    return lookUp(successor.cookieValue()) instanceof SessionLookup.Live<D> live
        ? Optional.of(
            new Winner<>(new LoadedSession.Live<>(successor.cookieValue(), live), successor))
        : Optional.empty();
  }

  private void discard(SessionCookieValue cookieValue, SessionLookup.Undecodable<D> broken) {
    boolean ended = answered(() -> connector.endSession(broken.handle(), cookieValue.id()));
    counts.undecodable.increment();
    String reason = String.valueOf(broken.cause().getMessage());
    log.undecodable(broken.handle(), reason);
    if (ended) {
      events.accept(new SessionEvent.SessionUndecodable(broken.handle(), now(), reason));
      tellEnd(broken.handle(), null, Cause.UNDECODABLE);
    }
  }

  /** What is stored of the data of a session that was found or written here, byte for byte. */
  byte[] encoded(SessionLookup.Live<D> live) {
    return access.encoded(live);
  }

  /**
   * @param encoded the data, as the codec has written it
   */
  LoadedSession.Live<D> create(SessionRecord<D> session, byte[] encoded) {
    // Before the principal's other sessions make room for what would not be stored.
    answered(
        () -> {
          if (connector.isFull()) {
            throw SessionStoreUnavailableException.full(
                "it holds as many sessions as maximum-sessions allows");
          }
          return true;
        });
    Attempt<D> attempt =
        withFreshId(
            null,
            fresh ->
                letIn(session, fresh.id(), admitted -> access.create(fresh, admitted, encoded)));
    if (!(attempt.result instanceof WriteSessionResult.Written<D> written)) {
      throw new IllegalStateException("a connector refused a new session: " + attempt.result);
    }
    counts.creates.increment();
    events.accept(
        new SessionEvent.SessionCreated(
            session.handle(), now(), Optional.ofNullable(session.principal())));
    return new LoadedSession.Live<>(attempt.cookieValue, written.stored());
  }

  /**
   * Remaps; null is a conflict.
   *
   * @param encoded the data, as the codec has written it; null if nobody changed it
   * @param privilege whether it is for more than a new id
   */
  LoadedSession.@Nullable Live<D> remap(
      LoadedSession.Live<D> from,
      SessionRecord<D> session,
      byte @Nullable [] encoded,
      boolean privilege) {
    SessionId previous = from.cookieValue().id();
    // As in create.
    answered(
        () -> {
          if (!access.mayRotate(from.live())) {
            throw SessionStoreUnavailableException.full(
                "session %s has changed its id as often as maximum-rotations allows"
                    .formatted(session.handle()));
          }
          return true;
        });
    Attempt<D> attempt =
        withFreshId(
            previous,
            fresh ->
                letIn(
                    session,
                    fresh.id(),
                    admitted ->
                        access.update(
                            fresh,
                            from.cookieValue(),
                            from.live(),
                            admitted,
                            encoded,
                            privilege ? handover(fresh, from, encoded) : Handover.NONE)));
    if (!(attempt.result instanceof WriteSessionResult.Written<D> written)) {
      return null;
    }
    counts.remaps.increment();
    watches.replaced(session.handle(), previous);
    SessionRecord<D> before = from.live().session();
    if (isEndedMeanwhile(before, written.stored().session(), attempt.cookieValue.id())) {
      // The new id is known to nobody yet.
      endRefused(written.stored().session(), attempt.cookieValue.id());
      throw conflict(before, "the session was ended by another request");
    }
    Optional<String> principal = Optional.ofNullable(session.principal());
    events.accept(
        privilege
            ? new SessionEvent.SessionPrivilegeChanged(session.handle(), now(), principal)
            : new SessionEvent.SessionIdChanged(session.handle(), now(), principal));
    return new LoadedSession.Live<>(attempt.cookieValue, written.stored());
  }

  private Handover handover(
      SessionCookieValue fresh, LoadedSession.Live<D> from, byte @Nullable [] encoded) {
    return handsOver
        ? Successor.of(fresh, encoded == null ? encoded(from.live()) : encoded)
            .sealed(from.cookieValue(), from.live().session().handle())
        : Handover.NONE;
  }

  /** Stores a session for its principal, who has to let it in before. */
  private WriteSessionResult<D> letIn(
      SessionRecord<D> session,
      SessionId id,
      Function<SessionRecord<D>, WriteSessionResult<D>> write) {
    String name = session.principal();
    if (name == null || session.admission() != 0) {
      return write.apply(session);
    }
    Principals.Admission admission = principals.admit(name, session, id);
    @Nullable WriteSessionResult<D> result = null;
    try {
      endMembers(name, admission.ended(), Cause.LIMIT);
      result = write.apply(session.withAdmission(admission.number()));
    } finally {
      if (!(result instanceof WriteSessionResult.Written)) {
        // Also where it is in doubt: nobody gets the new id.
        quietly(() -> principals.retract(name, admission.number(), session.handle()));
      }
    }
    return result;
  }

  /** Whether a session that has got a new id had been ended before, by its principal's entry. */
  private boolean isEndedMeanwhile(SessionRecord<D> before, SessionRecord<D> now, SessionId id) {
    String name = before.principal();
    if (name == null || before.admission() == 0) {
      return false;
    }
    // The number alone says nothing: each principal counts from one.
    if (!name.equals(now.principal()) || now.admission() != before.admission()) {
      // Nobody will look at that entry any more, so this has to be certain.
      return !answered(() -> principals.leave(name, before));
    }
    boolean[] lives = {true};
    quietly(() -> lives[0] = principals.follow(name, now, id));
    return !lives[0];
  }

  /** Ends sessions that a principal's entry does not list any more. */
  private void endMembers(String name, List<PrincipalRecord.Member> members, Cause cause) {
    for (PrincipalRecord.Member member : members) {
      Runnable end =
          () -> {
            if (connector.endSession(member.handle(), member.id())) {
              tellEnd(member.handle(), name, cause);
            }
          };
      if (connector.mayFork()) {
        // Where entries may fork it is this that holds.
        end.run();
      } else {
        quietly(
            () -> {
              if (leavesATrace(member)) {
                end.run();
              }
            });
      }
      watches.ended(member.handle());
    }
    counts.deletes.add(members.size());
  }

  // Most that are listed and gone have expired. To end one by an id without a trace, the store
  // would
  // look at all that it holds; and what is stored under such an id later is not let in.
  private boolean leavesATrace(PrincipalRecord.Member member) {
    return !(connector.findSession(member.handle(), member.id()) instanceof SessionLookup.Unknown);
  }

  Stream<SessionSummary> sessions(String name) {
    return answered(() -> principals.members(name)).stream()
        .flatMap(member -> answered(() -> principals.session(name, member)).stream())
        .filter(session -> !isBeyondLifetime(session))
        .map(SessionOperations::summary);
  }

  private static SessionSummary summary(SessionRecord<?> session) {
    return new SessionSummary(
        session.handle(),
        Optional.ofNullable(session.label()),
        session.createdAt(),
        session.renewedAt(),
        Optional.ofNullable(session.authenticatedAt()),
        session.expiry());
  }

  boolean end(String name, SessionHandle handle) {
    return answered(
        () -> {
          List<PrincipalRecord.Member> members = principals.end(name, handle);
          endMembers(name, members, Cause.REVOKED);
          return !members.isEmpty();
        });
  }

  /**
   * Ends all sessions of a principal.
   *
   * @param kept the one that goes on, or null
   */
  void endAll(String name, LoadedSession.@Nullable Live<D> kept) {
    answered(
        () -> {
          endMembers(
              name,
              kept == null
                  ? principals.endAll(name, null, null)
                  : principals.endAll(name, kept.live().session(), kept.cookieValue().id()),
              Cause.REVOKED);
          return true;
        });
  }

  /** Ends a session of which nothing but the handle is known. */
  void end(SessionHandle handle) {
    end(handle, cookies.next(Placement.ANYWHERE).id(), null, Cause.REVOKED);
  }

  /** Ends a session, and tells its principal. */
  void end(SessionRecord<D> session, SessionId lastKnownId) {
    String name = session.principal();
    end(session.handle(), lastKnownId, name, Cause.LOGOUT);
    if (name != null) {
      // It is over, whether this takes effect or not.
      quietly(() -> principals.leave(name, session));
    }
  }

  /**
   * Writes in place; null is a conflict.
   *
   * @param encoded the data, as the codec has written it; null if nobody changed it
   */
  LoadedSession.@Nullable Live<D> write(
      LoadedSession.Live<D> from, SessionRecord<D> session, byte @Nullable [] encoded) {
    WriteSessionResult<D> result =
        answered(() -> access.write(from.cookieValue(), from.live(), session, encoded));
    if (!(result instanceof WriteSessionResult.Written<D> written)) {
      return null;
    }
    counts.writesInPlace.increment();
    return new LoadedSession.Live<>(from.cookieValue(), written.stored());
  }

  /** Ends a session as a logout does, with an id that it had. */
  void end(SessionHandle handle, SessionId lastKnownId) {
    end(handle, lastKnownId, null, Cause.LOGOUT);
  }

  private void end(
      SessionHandle handle, SessionId lastKnownId, @Nullable String principal, Cause cause) {
    boolean ended = answered(() -> connector.endSession(handle, lastKnownId));
    counts.deletes.increment();
    watches.ended(handle);
    if (ended) {
      tellEnd(handle, principal, cause);
    }
  }

  private void tellEnd(SessionHandle handle, @Nullable String principal, Cause cause) {
    events.accept(
        new SessionEvent.SessionEnded(handle, now(), Optional.ofNullable(principal), cause));
  }

  /** The data that the store holds; empty if that is not the value of a live session. */
  Optional<D> stored(SessionCookieValue cookieValue) {
    return lookUp(cookieValue).live().map(SessionRecord::data);
  }

  private boolean isLive(SessionId id) {
    return isLive(connector, id);
  }

  private <T> boolean isLive(SessionStoreConnector<T> asked, SessionId id) {
    return lookUp(id, () -> asked.lookUpSession(id)).live().isPresent();
  }

  SessionWatches watches() {
    return watches;
  }

  void clear() {
    answered(
        () -> {
          connector.clear();
          return true;
        });
    watches.cleared();
  }

  /**
   * A conflict with a request after which the session goes on as it was called.
   *
   * @param session what was not stored
   */
  SessionConflictException conflict(SessionRecord<D> session, String message) {
    countConflict(session.handle(), session.principal());
    return new SessionConflictException(message);
  }

  /** A conflict with a request after which the client's cookie opens nothing. */
  SessionConflictException overtaken(
      SessionHandle handle, @Nullable String principal, String message, @Nullable Throwable cause) {
    countConflict(handle, principal);
    return new SessionConflictException(message, policy.overtaken(), cause);
  }

  private void countConflict(SessionHandle handle, @Nullable String principal) {
    counts.conflicts.increment();
    events.accept(
        new SessionEvent.SessionConflicted(handle, now(), Optional.ofNullable(principal)));
  }

  void countJoin() {
    counts.joins.increment();
  }

  void countRerun() {
    counts.reruns.increment();
  }

  SessionStatistics statistics() {
    return counts.statistics(connector.repairs());
  }

  private record Attempt<D>(SessionCookieValue cookieValue, WriteSessionResult<D> result) {}

  private Attempt<D> withFreshId(
      @Nullable SessionId predecessor, Function<SessionCookieValue, WriteSessionResult<D>> write) {
    OptionalInt retries = connector.maximumRetriesOnIdCollision();
    int attempts = 0;
    while (retries.isEmpty() || attempts <= retries.getAsInt()) {
      SessionCookieValue fresh = cookies.next(connector.placement(predecessor));
      WriteSessionResult<D> result = answered(() -> write.apply(fresh));
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
      (e.isOutcomeUnknown() ? counts.unknownOutcomes : counts.unavailable).increment();
      if (e.isFull()) {
        log.full(e);
      } else {
        log.refused(e);
      }
      throw e;
    }
    log.served();
    return answer;
  }
}
