package org.typedsession.spi;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.SessionStoreUnavailableException;

/**
 * A back-end: where the sessions of one store are kept.
 *
 * <p>Six operations come from the Rust crate typed-session and speak of ids, expiry and data alone;
 * they are default methods over the ones below, which carry the whole {@link SessionRecord}. The
 * duties of an implementation:
 *
 * <ol>
 *   <li><b>No fork.</b> Of any number of concurrent {@link #remapSession updates} of one id, on any
 *       number of nodes, at most one succeeds; also when a node dies and when the network splits.
 *   <li><b>One atomic step.</b> A write takes effect whole or not at all, and only if what it
 *       expects is still stored.
 *   <li><b>The end holds.</b> After {@link #endSession} no id of that session reads or writes
 *       anything, whatever was in flight.
 *   <li><b>Expired is gone.</b> A session is not live from the moment of its expiry on, whether or
 *       not its memory is free yet.
 *   <li><b>Doubt is not an answer.</b> A store that cannot answer, or does not know whether a write
 *       took effect, throws {@link SessionStoreUnavailableException}. Expected outcomes are return
 *       values.
 *   <li><b>What nobody changed stays.</b> A write whose data is the very object that came with the
 *       expected session stores the bytes that are there, whatever has become of the object: it may
 *       have been altered in place, and another version of the application may know more of it.
 *   <li><b>Tombstones last.</b> A moved id is told from an unknown one at least as long as the
 *       entry that succeeded it could live; an ended one for the time that the application
 *       configured.
 *   <li><b>One entry for each principal.</b> {@link #writePrincipal} is a compare-and-set,
 *       linearizable on all nodes, and what it wrote is kept until {@link
 *       PrincipalRecord#keptUntil} and somewhat longer. An entry that cannot be read is not one
 *       that is not there.
 *   <li><b>Nobody waits for a stranger.</b> Safe for any number of threads, and a caller never
 *       waits for another caller's session.
 * </ol>
 *
 * <p>{@code SessionStoreConnectorContract} in the test kit of this library stages these duties as
 * races; a new back-end extends it.
 *
 * @param <D> the session data
 */
public interface SessionStoreConnector<D> {

  /**
   * How often a write is retried with a fresh id after {@link WriteSessionResult.IdExists}; 0 means
   * one attempt, empty means never to give up.
   */
  default OptionalInt maximumRetriesOnIdCollision() {
    return OptionalInt.of(8);
  }

  /**
   * Describes a session that begins now, by the back-end's clock and with a handle of its own.
   * Stores nothing.
   */
  SessionRecord<D> newSession(SessionExpiry expiry, D data);

  /**
   * Stores a new session. Never overwrites: an id stored in any form, tombstones included, is
   * {@link WriteSessionResult.IdExists}.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome,
   *     or is {@link SessionStoreUnavailableException#isFull full}
   */
  WriteSessionResult<D> createSession(SessionId id, SessionRecord<D> session);

  /**
   * Tells what is stored under {@code id}.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  SessionLookup<D> lookUpSession(SessionId id);

  /**
   * Remaps a session in one atomic step: {@code oldId} dies, {@code newId} carries {@code session}
   * from then on.
   *
   * @param newId the id that is to be
   * @param oldId the id that is
   * @param expected what {@link #lookUpSession} or a write said is stored under {@code oldId}
   * @param session what is to be stored, with the handle of {@code expected}
   * @param handover what the dead id is to keep, as long as it is told from an unknown one; given
   *     back by {@link SessionLookup.Moved}
   * @return {@link WriteSessionResult.Conflict} unless exactly {@code expected} is live there;
   *     {@link WriteSessionResult.IdExists} if {@code newId} is taken; when both hold, either
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   */
  WriteSessionResult<D> remapSession(
      SessionId newId,
      SessionId oldId,
      SessionLookup.Live<D> expected,
      SessionRecord<D> session,
      Handover handover);

  /** Remaps a session whose dead id keeps nothing. */
  default WriteSessionResult<D> remapSession(
      SessionId newId, SessionId oldId, SessionLookup.Live<D> expected, SessionRecord<D> session) {
    return remapSession(newId, oldId, expected, session, Handover.NONE);
  }

  /**
   * Writes a session in place in one atomic step: its id stays.
   *
   * @param expected what {@link #lookUpSession} or a write said is stored under {@code id}
   * @param session what is to be stored, with the handle of {@code expected}
   * @return {@link WriteSessionResult.Conflict} unless exactly {@code expected} is live there
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   */
  WriteSessionResult<D> writeSession(
      SessionId id, SessionLookup.Live<D> expected, SessionRecord<D> session);

  /**
   * Ends the session that {@code handle} names, wherever its id has moved. Ending what is not there
   * is no error.
   *
   * @param handle the session
   * @param lastKnownId an id that it has or had: the short way to it. Where no trace of that id is
   *     left, the session is found by its handle
   * @return whether it was live and is not any more because of this call; of several at once, one
   * @throws SessionStoreUnavailableException if the store cannot answer; the session may live
   */
  boolean endSession(SessionHandle handle, SessionId lastKnownId);

  /**
   * Tells what the session is now that {@code handle} names, wherever its id has moved. The answer
   * holds whatever dies then: an id that it found replaced is dead on every node, also where the
   * request that replaced it has not been answered yet.
   *
   * @param lastKnownId an id that it has or had, and the way to it
   * @return as {@link #lookUpSession} of the id that it has now, but never {@link
   *     SessionLookup.Moved}
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  SessionLookup<D> findSession(SessionHandle handle, SessionId lastKnownId);

  /**
   * Tells which sessions a principal has.
   *
   * @param name the principal
   * @return what is stored; {@link PrincipalRecord#NONE} if nothing is
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  PrincipalRecord.Stored lookUpPrincipal(String name);

  /**
   * Writes which sessions a principal has, in one atomic step.
   *
   * @param name the principal
   * @param expected what {@link #lookUpPrincipal} said is stored
   * @param principal what is to be stored
   * @return false if another value than {@code expected} is stored; nothing was changed then
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   */
  boolean writePrincipal(String name, PrincipalRecord.Stored expected, PrincipalRecord principal);

  /**
   * Whether the operator lets both sides of a split go on, so that an entry may come out of the
   * heal as one side left it, and only the end of a session is sure to.
   */
  default boolean mayFork() {
    return false;
  }

  /**
   * Ends every session of this store, on every node.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer; some may live
   */
  void clear();

  /**
   * Where this back-end keeps a session best. A hint: every id works.
   *
   * @param predecessor the id that the new one is to replace, or null for a new session
   */
  default Placement placement(@Nullable SessionId predecessor) {
    return Placement.ANYWHERE;
  }

  /**
   * Whether this back-end can serve at present. Asked by probes and monitoring, often and by any
   * thread: answers at once from what is known, without asking the store.
   */
  default Readiness readiness() {
    return new Readiness.Ready();
  }

  /**
   * Whether a new session would be refused at present, because there are as many as there may be.
   * Asked before each new session: answers at once from what is known.
   */
  default boolean isFull() {
    return false;
  }

  /**
   * Whether a session may get a new id, as far as is known from how often it has got one. Asked
   * before each remap, since that may first end other sessions of its principal: answers at once,
   * without asking the store.
   *
   * @param expected what {@link #lookUpSession} or a write said is stored
   */
  default boolean mayRotate(SessionLookup.Live<D> expected) {
    return true;
  }

  /**
   * How many entries this node has written again since it started, because a fault may have left
   * their copies different; 0 where there is one copy of everything.
   */
  default long repairs() {
    return 0;
  }

  /**
   * What this node holds, as far as is known without asking others; it may be some seconds old.
   * Empty where a back-end does not know.
   */
  default Optional<StoreSize> size() {
    return Optional.empty();
  }

  /** Stores a new session: {@link #createSession(SessionId, SessionRecord)} from its parts. */
  default WriteSessionResult<D> createSession(SessionId id, SessionExpiry expiry, D data) {
    return createSession(id, newSession(expiry, data));
  }

  /** Reads the session that is live under {@code id}. */
  default Optional<SessionRecord<D>> readSession(SessionId id) {
    return lookUpSession(id).live();
  }

  /**
   * Remaps whatever is live under {@code previousId} to {@code currentId} and sets expiry and data.
   *
   * @return {@link WriteSessionResult.Conflict} if nothing is live under {@code previousId}
   */
  default WriteSessionResult<D> updateSession(
      SessionId currentId, SessionId previousId, SessionExpiry expiry, D data) {
    while (lookUpSession(previousId) instanceof SessionLookup.Live<D> live) {
      SessionRecord<D> before = live.session();
      Instant now = newSession(expiry, data).createdAt();
      SessionRecord<D> session =
          before
              .withData(data)
              .withExpiry(expiry, now)
              .withPrivilegeChange(now, before.principal());
      WriteSessionResult<D> result = remapSession(currentId, previousId, live, session);
      if (!(result instanceof WriteSessionResult.Conflict)) {
        return result;
      }
      // Somebody else's write succeeded. If it was one in place the session is still there, and
      // this caller, who named no version, has not lost to it.
    }
    return new WriteSessionResult.Conflict<>();
  }

  /** Ends the session that has or had {@code id}; deleting what is not there is no error. */
  default void deleteSession(SessionId id) {
    SessionLookup<D> found = lookUpSession(id);
    if (found instanceof SessionLookup.Live<D> live) {
      endSession(live.session().handle(), id);
    } else if (found instanceof SessionLookup.Moved<D> moved) {
      endSession(moved.handle(), id);
    } else if (found instanceof SessionLookup.Undecodable<D> undecodable) {
      endSession(undecodable.handle(), id);
    }
  }
}
