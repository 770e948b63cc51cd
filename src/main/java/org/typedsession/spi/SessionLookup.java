package org.typedsession.spi;

import java.time.Instant;
import java.util.Optional;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionHandle;

/**
 * What a store holds under an id.
 *
 * @param <D> the session data
 */
public sealed interface SessionLookup<D> {
  /**
   * A live session.
   *
   * @param session the session
   * @param version the back-end's own token for exactly this stored value; a conditional write
   *     compares it. Opaque to everybody else
   */
  record Live<D>(SessionRecord<D> session, Object version) implements SessionLookup<D> {}

  /**
   * A tombstone: the session goes on under another id, which is not told.
   *
   * @param handle the session
   * @param movedAt when the id died
   * @param handover what the remap left there
   */
  record Moved<D>(SessionHandle handle, Instant movedAt, Handover handover)
      implements SessionLookup<D> {}

  /**
   * A tombstone: the session was ended under this id.
   *
   * @param handle the session
   */
  record Ended<D>(SessionHandle handle) implements SessionLookup<D> {}

  /**
   * A live entry whose data cannot be read any more, after a change of the data class for instance.
   *
   * @param handle the session
   * @param cause what the codec said
   */
  record Undecodable<D>(SessionHandle handle, SessionCodecException cause)
      implements SessionLookup<D> {}

  /** Nothing: never stored, expired, or not confirmed. */
  record Unknown<D>() implements SessionLookup<D> {}

  /** The session if it is live. */
  default Optional<SessionRecord<D>> live() {
    return this instanceof Live<D> live ? Optional.of(live.session()) : Optional.empty();
  }
}
