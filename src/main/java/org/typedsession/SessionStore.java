package org.typedsession;

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
   * Stores what changed in {@code session}, once and for all: it is sealed afterwards.
   *
   * @return what is to become of the client's cookie
   * @throws SessionConflictException if another change got in first; nothing was stored
   * @throws SessionStoreUnavailableException if the store cannot answer or cannot tell the outcome
   * @throws SessionIdCollisionException if no free id was found
   * @throws IllegalArgumentException if {@code session} is of another store
   */
  SessionCookieCommand store(Session<D> session);

  /**
   * Ends every session of this store, on every node; requests in flight lose.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer; some may live
   */
  void clear();

  /** What this store has done in this process since it started. */
  SessionStatistics statistics();
}
