package org.typedsession.core;

import org.jspecify.annotations.Nullable;
import org.typedsession.SessionException;
import org.typedsession.spi.SessionRecord;

/**
 * What a request would write, were it to write now: planned by its {@link PendingChanges}, asked
 * whether the client's cookie is due to change, and carried out by {@link SessionCommit}.
 */
sealed interface PendingWrite<D> {
  /** Whether the client's cookie changes with it, if it succeeds. */
  boolean changesCookie();

  /** Nothing: what is stored, or that nothing is, may stay as it is. */
  record Nothing<D>() implements PendingWrite<D> {
    @Override
    public boolean changesCookie() {
      return false;
    }
  }

  /** Something that competes with other requests, of which one is first. */
  sealed interface Competing<D> extends PendingWrite<D> {
    /**
     * Tries to write it, in one atomic step.
     *
     * @return null if another request was first
     * @throws SessionException if the store refuses or cannot answer
     */
    LoadedSession.@Nullable Live<D> write(SessionOperations<D> operations);
  }

  /**
   * A session that is not stored yet.
   *
   * @param encoded its data, as the codec has written it
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Create<D>(SessionRecord<D> session, byte[] encoded) implements Competing<D> {
    @Override
    public boolean changesCookie() {
      return true;
    }

    @Override
    public LoadedSession.Live<D> write(SessionOperations<D> operations) {
      return operations.create(session, encoded);
    }
  }

  /**
   * A change that keeps the id.
   *
   * @param encoded the data, as the codec has written it; null if it stays as it is stored
   * @param changesCookie whether the client has to learn of a new id, which another request has
   *     made, or of a new expiry
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record InPlace<D>(
      LoadedSession.Live<D> base,
      SessionRecord<D> next,
      byte @Nullable [] encoded,
      boolean changesCookie)
      implements Competing<D> {
    @Override
    public LoadedSession.@Nullable Live<D> write(SessionOperations<D> operations) {
      return operations.write(base, next, encoded);
    }
  }

  /**
   * A change that rotates the id.
   *
   * @param encoded as of {@link InPlace}
   * @param privilege whether it is for more than a new id
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Remap<D>(
      LoadedSession.Live<D> base,
      SessionRecord<D> next,
      byte @Nullable [] encoded,
      boolean privilege)
      implements Competing<D> {
    @Override
    public boolean changesCookie() {
      return true;
    }

    @Override
    public LoadedSession.@Nullable Live<D> write(SessionOperations<D> operations) {
      return operations.remap(base, next, encoded, privilege);
    }
  }

  /**
   * A new id for the user whom the container has authenticated, in a request that has changed
   * nothing itself. Another request's write in place must not keep the old id alive, so it is tried
   * again; another request's new id will do, and so will an end.
   */
  record FollowUser<D>(LoadedSession.Live<D> base, SessionRecord<D> next) implements Competing<D> {
    @Override
    public boolean changesCookie() {
      return true;
    }

    @Override
    public LoadedSession.@Nullable Live<D> write(SessionOperations<D> operations) {
      return operations.remap(base, next, null, true);
    }
  }

  /**
   * A later expiry, and nothing else. If it loses a race, or the store is away, it is left to a
   * later request.
   *
   * @param changesCookie as of {@link InPlace}
   */
  record Renewal<D>(LoadedSession.Live<D> base, SessionRecord<D> next, boolean changesCookie)
      implements Competing<D> {
    @Override
    public LoadedSession.@Nullable Live<D> write(SessionOperations<D> operations) {
      return operations.write(base, next, null);
    }
  }

  /**
   * The end of the session, or of what is left of it. It wins over every other request.
   *
   * @param changesCookie whether the cookie is this session's to remove
   */
  record End<D>(LoadedSession<D> loaded, boolean changesCookie) implements PendingWrite<D> {}

  /**
   * Changes of a request whose id another has replaced a moment ago: a conflict, unless both are
   * the same login.
   *
   * @param changesCookie whether they may be
   */
  record Overtaken<D>(LoadedSession.Replaced<D> dead, boolean changesCookie)
      implements PendingWrite<D> {}

  /**
   * Changes that are a conflict already.
   *
   * @param session what they would have changed
   */
  record Refused<D>(SessionRecord<D> session, String reason) implements PendingWrite<D> {
    @Override
    public boolean changesCookie() {
      return true;
    }
  }
}
