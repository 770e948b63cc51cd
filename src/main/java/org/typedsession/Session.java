package org.typedsession;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The session of the current request: one typed value that belongs to one client.
 *
 * <p>Inject it as {@code @Inject Session<Cart> session}. It is read from the store when it is first
 * used, at most once per request, and what changed is stored before the response is committed; a
 * request that never uses it costs no store operation, and one that only reads costs one. A client
 * without a session sees the default data, of which nothing is stored until it changes.
 *
 * <p><b>Changes are never lost and never overwrite others'.</b> {@link #update} is run again on
 * fresh data when another request got in first; {@link #set} and {@link #mutate} then end in {@link
 * SessionConflictException}, which the servlet filter answers with 409. All of a request's changes
 * are stored in one atomic step, or none is.
 *
 * <p><b>Two kinds of change.</b> A privilege change (see {@link Privilege}) gives the session a new
 * id and the client a new cookie value; a routine change keeps both.
 *
 * <p>Safe for use by the threads of one request. The injected object is a proxy that finds the
 * session of the request its thread serves; {@link #unwrap} gives the session itself, for a thread
 * that serves none. When the response is committed the session is closed: it can still be read, and
 * an attempt to change it throws {@link IllegalStateException}.
 *
 * @param <D> the session data, preferably an immutable record or a sealed interface of records
 */
public interface Session<D> {
  /**
   * The data, with this request's changes. To be treated as immutable: a change made in place is
   * not stored, unless something else is changed beside it; use {@link #mutate} for that. After
   * {@link #delete} it is the default data.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  D data();

  /**
   * Changes the data by a function of what it was, at once on this request's copy, and again on
   * fresh data if another request gets in first. A change of privileges that another request has
   * just made for the same user is run again on what that one stored, and the client gets the same
   * cookie as from it: the same login sent twice is one login.
   *
   * @param change pure: it neither keeps nor alters its argument nor anything inside of it, does
   *     nothing else, uses no other session, and may run several times. A result of which the same
   *     would be stored as before changes nothing, whatever its {@code equals} says. What it throws
   *     is passed on and leaves the data as it was; on a re-run it ends the attempt to store
   * @return the data after the change, as this request sees it now
   * @throws IllegalStateException if the session was deleted or is closed
   */
  D update(UnaryOperator<D> change);

  /**
   * Replaces the data. Cannot be run again, so it conflicts with every concurrent change.
   *
   * @throws IllegalStateException if the session was deleted or is closed
   */
  void set(D data);

  /**
   * Changes mutable data in place, on a copy that becomes this request's data. Cannot be run again,
   * so it conflicts with every concurrent change.
   *
   * @param change may alter its argument; if it throws, the data stays as it was
   * @throws IllegalStateException if the session was deleted or is closed
   */
  void mutate(Consumer<D> change);

  /**
   * Stores what changed now, instead of at the end of the request, so that the caller sees how it
   * ended. Does nothing if nothing changed.
   *
   * @throws SessionConflictException if another request got in first; this session keeps its
   *     unsaved changes, and nothing of them is stored; {@link #discard} drops them
   * @throws SessionLimitException if it is a login that the {@link SessionLimit} refuses; as above
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   * @throws IllegalStateException if the session is closed and has unsaved changes
   */
  void save();

  /**
   * Drops what this request changed and has not saved, so that nothing of it will be stored. For a
   * handler that answers a failed {@link #save} itself: without this the end of the request would
   * try to store the same once more. The session then shows what was last read or stored, and may
   * be changed again. Without effect on what was saved, and on {@link #delete}.
   */
  void discard();

  /**
   * Gives the session a new id and its client a new cookie value, as a privilege change does, even
   * if the data stays. Without effect on a session that is not worth storing.
   *
   * @throws IllegalStateException if the session was deleted or is closed
   */
  void rotateId();

  /**
   * Says who the session's user is, now that they have shown it: a privilege change, and the moment
   * of {@link #authenticatedAt}, also if it is the same user again. Stores a session that is not
   * stored yet. Whom the container authenticates, or a component marked {@link PrincipalName}
   * names, needs no call.
   *
   * <p>The name lasts until the session has another one; a logout is {@link #delete}. Not for
   * sessions of users whom the container authenticates: they follow the container.
   *
   * @param principal the name, not empty
   * @throws IllegalStateException if the data names its principal, or the session was deleted or is
   *     closed
   */
  void login(String principal);

  /**
   * The name of the session's principal, with this request's changes; empty if nobody has logged
   * in.
   */
  Optional<String> principal();

  /**
   * When the user last showed who they are, for "log in again before paying": at the last {@link
   * #login} or change of the {@link #principal}. Of a session that has no principal, at the last
   * change of what is marked as a {@link Privilege}. A new id alone does not move it, so that
   * nothing but a login makes it younger. Empty if that has not happened or is not stored yet.
   */
  Optional<Instant> authenticatedAt();

  /**
   * Whether {@link #authenticatedAt} is not longer ago than {@code atMost}, by this node's clock.
   * One that lies ahead, because another node's clock is, counts as now.
   */
  boolean isAuthenticatedWithin(Duration atMost);

  /** What {@link #setLabel} said; empty if it never did. */
  Optional<String> label();

  /**
   * Gives the session a name that its user knows it by in a list, such as the browser and the
   * system. A routine change; does not by itself make a new session worth storing.
   *
   * @param label 1 to 200 characters. To be taken for what a client sent, and escaped where it is
   *     shown
   * @throws IllegalStateException if the session was deleted or is closed
   */
  void setLabel(String label);

  /**
   * Ends the session, as a logout does: not only the id that this request came with, but every id
   * the session has by now, and against every request in flight. Costs nothing if the session was
   * never stored; a second call does nothing.
   *
   * <p>Final: it takes effect when the request's changes are stored, and also when they are not,
   * because the application throws, a timeout is left to the container, {@link #discard} is called,
   * or the session of another type cannot be stored. From the call on this session can be read like
   * that of a client without one, and not be changed.
   *
   * @throws IllegalStateException if the session is closed
   */
  void delete();

  /** From when on the session is unusable. */
  SessionExpiry expiry();

  /**
   * Moves the expiry, and keeps it there: using the session does not renew it any more, whatever id
   * it gets, until the application asks otherwise. The absolute lifetime of the store bounds it.
   * Does not by itself make a new session worth storing.
   *
   * @throws IllegalArgumentException if it is more than 100 years away; {@link SessionExpiry#never}
   *     says that better
   * @throws IllegalStateException if the session was deleted or is closed
   */
  void expire(SessionExpiry expiry);

  /** How long the session lives if nobody uses it; empty if it does not expire. */
  Optional<Duration> timeToLive();

  /**
   * Moves the expiry to {@code timeToLive} from now; see {@link #expire}. Where the store renews
   * its sessions, this one is renewed to {@code timeToLive} too, through all changes of its id,
   * until the application asks otherwise.
   *
   * @throws IllegalArgumentException if {@code timeToLive} is not positive, or over 100 years
   * @throws IllegalStateException if the session was deleted or is closed
   */
  void setTimeToLive(Duration timeToLive);

  /**
   * What the store holds for this session now; empty if nothing was stored, if the session has
   * ended or expired, or if a later request gave it a new id. One store operation for each call,
   * which does not renew the session. For streams and connections that outlive their request, where
   * {@link #data} stays what it was.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  Optional<D> stored();

  /**
   * Has {@code action} run once when {@link #stored} becomes empty, for whatever outlives the
   * request, such as a stream or a WebSocket: at once if this node ends the session or replaces its
   * id, and otherwise (another node, expiry) when the store is next asked, which happens every ten
   * seconds while there are watches. It is not run while the store cannot answer.
   *
   * <p>A session with a new id counts as ended: whoever knew the old one, be it a thief before the
   * login, gets no further.
   *
   * <p>The watch, and whatever the action refers to, is kept until then: whatever waits must close
   * the watch when it is gone itself. {@link #whenEnded(Object, Consumer)} needs no closing.
   *
   * @param action run on a thread of the library without a request, at the same time as those of
   *     other sessions; should not wait. What it throws is logged
   * @return stops watching
   * @throws IllegalStateException if nothing is stored yet, if the session has 256 watches already,
   *     or if the store was given no thread to watch with
   */
  SessionWatch whenEnded(Runnable action);

  /**
   * {@link #whenEnded(Runnable)} for an owner, such as a connection, with which the watch ends: it
   * is kept weakly, and when nothing else refers to it any more the watch is forgotten.
   *
   * @param owner whatever outlives the request
   * @param action given the owner; must not refer to it otherwise, or both are kept
   * @return stops watching, at once rather than when the owner is found to be gone
   * @throws IllegalStateException as {@link #whenEnded(Runnable)}
   */
  <T> SessionWatch whenEnded(T owner, Consumer<? super T> action);

  /** Whether nothing is stored for this client yet, or {@link #delete} was called. */
  boolean isNew();

  /**
   * Whether there is something to store: whether the codec would write something else of the data
   * than what is stored, or anything else was asked for.
   */
  boolean isChanged();

  /**
   * The session's public name, the same through all changes of its id. That of a new session
   * becomes known to the store with its first write.
   */
  SessionHandle handle();

  /**
   * The id under which the store knows the session at present, in its short form for people and
   * logs; empty if nothing is stored.
   */
  Optional<String> shortId();

  /**
   * The session itself in place of the injected proxy, to hand to another thread of this request.
   */
  Session<D> unwrap();
}
