package org.typedsession;

import java.util.stream.Stream;

/**
 * All sessions of one type of data.
 *
 * <p>Inject it as {@code @Inject SessionStore<Cart> store}. Web requests reach their own session as
 * {@link Session}; this is for what lies outside of a request, and for front ends other than the
 * servlet filter. Safe for use by many threads.
 *
 * @param <D> the session data
 */
public interface SessionStore<D> {
  /**
   * Opens the session that belongs to a cookie value.
   *
   * @param cookieValue what the client sent, in any form
   * @return the live session of that value; otherwise a new one, for which nothing is stored. A
   *     value that cannot be one costs no store operation and is no error
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  Session<D> load(String cookieValue);

  /** Begins a session with the default data, of which nothing is stored until it changes. */
  Session<D> create();

  /** Begins a session with {@code data}, which is stored even if it equals the default. */
  Session<D> create(D data);

  /**
   * Stores what changed in {@code session}, once and for all: it is closed afterwards.
   *
   * @return what is to become of the client's cookie
   * @throws SessionConflictException if another change got in first; nothing was stored
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   * @throws SessionIdCollisionException if no free id was found
   * @throws SessionLimitException if it is a login that the {@link SessionLimit} refuses
   * @throws IllegalArgumentException if {@code session} is of another store
   */
  SessionCookieCommand store(Session<D> session);

  /**
   * The live sessions of a principal, the first logged in first: those that logged in with {@link
   * Session#login}, by {@link PrincipalName} or by the container. Reads one entry at once, and each
   * session when the stream comes to it; neither an id nor data is given away. Of more than 256
   * sessions the last 256 are listed.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer; also from the stream
   */
  Stream<SessionSummary> sessions(String principal);

  /**
   * How many {@link #sessions} there are, at the same cost.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer
   */
  long count(String principal);

  /**
   * Ends one session of a principal, on every node at once and against every request in flight.
   *
   * @param principal whose it has to be, so that the handle may come from a form
   * @param handle the session
   * @return whether it was listed as one of theirs
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   */
  boolean end(String principal, SessionHandle handle);

  /**
   * Ends one session, whoever's it is. Looks for it through the whole store, on all nodes, where
   * the store is a cache; {@link #end(String, SessionHandle)} does not.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer; the session may live
   */
  void end(SessionHandle handle);

  /**
   * Ends all sessions of a principal, on every node at once and against every request in flight, a
   * login that is under way included unless it is decided later. One atomic step, whatever the
   * number of sessions; those that are listed are then freed one by one.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   */
  void endAll(String principal);

  /**
   * Ends all sessions of the principal of {@code current}, but that one; as {@link #endAll}.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   * @throws IllegalStateException if {@code current} is not stored for a principal yet
   * @throws IllegalArgumentException if {@code current} is of another store
   */
  void endOthers(Session<D> current);

  /**
   * Ends every session of this store, on every node; requests in flight lose.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer; some may live
   */
  void clear();

  /** What this store has done in this process since it started. */
  SessionStatistics statistics();
}
