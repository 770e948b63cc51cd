package org.typedsession;

import java.time.Instant;
import java.util.Optional;

/**
 * What became of a session. CDI applications observe this type or its subtypes.
 *
 * <p>Told on a thread of the library, soon afterwards and in the order in which this node saw it,
 * so that no request waits for an observer or ends by what it throws; there is no request and no
 * {@code java:comp} on that thread. If observers are so slow that a thousand events wait, more are
 * dropped, which a WARNING counts.
 *
 * <p>Told by one node of a cluster, the one that did it or found it out. Not told where nobody can
 * tell that it happened: of a write whose outcome is in doubt, of what {@link SessionStore#clear}
 * ends, and of what was in the memory of a node that died. A renewal is never told.
 */
public sealed interface SessionEvent {
  /** The session it is about. */
  SessionHandle handle();

  /** When, by the clock of the node that tells it. */
  Instant at();

  /** Whose session it is, or was; empty if it has no principal, or that is not known there. */
  default Optional<String> principal() {
    return Optional.empty();
  }

  /**
   * A session was stored for the first time.
   *
   * @param handle the session
   * @param at when
   * @param principal whose it is
   */
  record SessionCreated(SessionHandle handle, Instant at, Optional<String> principal)
      implements SessionEvent {}

  /**
   * A session got a new id, and nothing else of it changed that decides what its user may do.
   *
   * @param handle the session
   * @param at when
   * @param principal whose it is
   */
  record SessionIdChanged(SessionHandle handle, Instant at, Optional<String> principal)
      implements SessionEvent {}

  /**
   * What the user may do in a session has changed, and its id with that: a login, another user,
   * another value of what is marked as a {@link Privilege}. For data without any mark, every
   * change.
   *
   * @param handle the session
   * @param at when
   * @param principal whose it is now
   */
  record SessionPrivilegeChanged(SessionHandle handle, Instant at, Optional<String> principal)
      implements SessionEvent {}

  /**
   * A session is over.
   *
   * <p>That it was not used any longer ({@link Cause#IDLE}) or has reached its longest life ({@link
   * Cause#ABSOLUTE}) is told when its memory is freed, a minute or two later; of sessions in the
   * memory of one process, when somebody comes with its cookie or later writes come by it, which
   * may be never. Where a whole cluster was stopped meanwhile it is not told.
   *
   * @param handle the session
   * @param at when
   * @param principal whose it was, as far as that is known
   * @param cause why
   */
  record SessionEnded(SessionHandle handle, Instant at, Optional<String> principal, Cause cause)
      implements SessionEvent {
    /** Why a session is over. */
    public enum Cause {
      /** {@link Session#delete}. */
      LOGOUT,
      /** Nobody used it for as long as it may be unused. */
      IDLE,
      /** It has lived as long as it may. */
      ABSOLUTE,
      /** {@code end}, {@code endAll} or {@code endOthers} of a {@link SessionStore}. */
      REVOKED,
      /** Its user has logged in to more than the {@link SessionLimit} allows. */
      LIMIT,
      /** An old id of it was presented, and {@code replay=end} is set. */
      REPLAY,
      /** Its data could not be read; {@link SessionUndecodable} is told as well. */
      UNDECODABLE
    }
  }

  /**
   * A request was refused what it wanted to store, because another was faster (409).
   *
   * @param handle the session
   * @param at when
   * @param principal whose it is, as far as the request knew
   */
  record SessionConflicted(SessionHandle handle, Instant at, Optional<String> principal)
      implements SessionEvent {}

  /**
   * An id that was replaced some time ago was presented again. A client that lost a response and a
   * thief with an old cookie look the same here.
   *
   * @param handle the session whose id it was
   * @param at when
   */
  record SessionReplayed(SessionHandle handle, Instant at) implements SessionEvent {}

  /**
   * A stored session was ended because its data could not be read, most likely after a change of
   * the data class.
   *
   * @param handle the session that ended
   * @param at when
   * @param reason what the codec said
   */
  record SessionUndecodable(SessionHandle handle, Instant at, String reason)
      implements SessionEvent {}

  /**
   * The network was split, both sides went on with a session, and where they met again it lived
   * under more ids than it may: ids were ended until one was left, or none because one side had
   * ended the session. Told by the node that did it, outside of any request. Only where the
   * operator chose to serve while the cluster is split.
   *
   * @param handle the session
   * @param at when
   * @param ended whether no id is left
   */
  record SessionForkEnded(SessionHandle handle, Instant at, boolean ended)
      implements SessionEvent {}
}
