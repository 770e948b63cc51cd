package org.typedsession;

/** Something about a session that someone should know. CDI applications observe the subtypes. */
public sealed interface SessionEvent {
  /** The session it is about. */
  SessionHandle handle();

  /**
   * An id that was replaced some time ago was presented again. A client that lost a response and a
   * thief with an old cookie look the same here.
   *
   * @param handle the session whose id it was
   */
  record SessionReplayed(SessionHandle handle) implements SessionEvent {}

  /**
   * A stored session was ended because its data could not be read, most likely after a change of
   * the data class.
   *
   * @param handle the session that ended
   * @param reason what the codec said
   */
  record SessionUndecodable(SessionHandle handle, String reason) implements SessionEvent {}

  /**
   * The network was split, both sides went on with a session, and where they met again it lived
   * under more ids than it may: ids were ended until one was left, or none because one side had
   * ended the session. Told by the node that did it, outside of any request. Only where the
   * operator chose to serve while the cluster is split.
   *
   * @param handle the session
   * @param ended whether no id is left
   */
  record SessionForkEnded(SessionHandle handle, boolean ended) implements SessionEvent {}
}
