package org.typedsession;

import java.util.OptionalInt;

/**
 * How much clients can have one store keep.
 *
 * @param sessions how many sessions there may be. One more is refused (503); those that live are
 *     not touched. On a cluster it is for each node, and counts the sessions that the node is the
 *     primary owner of: those begun on it, as a rule, and its part of those of nodes that are gone.
 *     Expired ones count until they are freed, within some minutes. Empty: any number
 * @param rotations how often a session may change its id, from its beginning. Each change leaves a
 *     tombstone for as long as the session can live, so it never has more tombstones than this. One
 *     more is refused (503); the session can still be read, changed in place and ended, and ends by
 *     itself where the container has authenticated another user. Empty: any number
 */
public record StoreLimits(OptionalInt sessions, OptionalInt rotations) {
  /** No limit on sessions, and 10,000 rotations of each. */
  public static final StoreLimits DEFAULT =
      new StoreLimits(OptionalInt.empty(), OptionalInt.of(10_000));

  /** No limits. */
  public static final StoreLimits NONE = new StoreLimits(OptionalInt.empty(), OptionalInt.empty());

  /**
   * @throws IllegalArgumentException if a limit is not positive
   */
  public StoreLimits {
    requirePositive("maximum-sessions", sessions);
    requirePositive("maximum-rotations", rotations);
  }

  private static void requirePositive(String name, OptionalInt limit) {
    if (limit.isPresent() && limit.getAsInt() < 1) {
      throw new IllegalArgumentException(name + " must be positive, was " + limit.getAsInt());
    }
  }

  /** Whether {@code count} sessions are as many as there may be. */
  public boolean isReachedBy(long count) {
    return sessions.isPresent() && count >= sessions.getAsInt();
  }

  /**
   * Refuses one session too many.
   *
   * @throws SessionStoreUnavailableException if there were {@code before} sessions already, and no
   *     more are allowed
   */
  public void requireRoom(long before) {
    if (isReachedBy(before)) {
      throw SessionStoreUnavailableException.full(
          "it holds the %s sessions that maximum-sessions allows"
              .formatted(Integer.toString(sessions.getAsInt())));
    }
  }

  /** Whether a session may change its id that has changed it {@code before} times already. */
  public boolean allowsRotation(long before) {
    return rotations.isEmpty() || before < rotations.getAsInt();
  }

  /**
   * Refuses one rotation too many.
   *
   * @throws SessionStoreUnavailableException if the session has changed its id {@code before} times
   *     already, and no more are allowed
   */
  public void requireRotation(SessionHandle session, long before) {
    if (!allowsRotation(before)) {
      throw SessionStoreUnavailableException.full(
          "session %s has changed its id the %s times that maximum-rotations allows"
              .formatted(session, Integer.toString(rotations.orElseThrow())));
    }
  }
}
