package org.typedsession.testkit.history;

import java.util.Optional;

/**
 * Something that clients have seen and that no order of their operations explains.
 *
 * @param kind what it is
 * @param session where
 * @param culprit the answer that, if it were another one, would leave nothing to explain; empty if
 *     no single one is to blame
 * @param explanation the shortest beginning of the session's history that shows it, for people
 */
public record Violation(
    Kind kind,
    String session,
    Optional<Operation<SessionCall, SessionAnswer>> culprit,
    String explanation) {

  /** What can be wrong, from the mildest. */
  public enum Kind {
    /**
     * A read shows less than another read did before, while the change between them was still under
     * way. Every read is right by itself: it shows the last finished change or one that it overlaps
     * with, which is what Lamport calls a regular register. Sessions promise no more.
     */
    UNSETTLED_READ("reads disagree about the order of a change that was still under way"),
    /** A read answered an old value, which an acknowledged change had overwritten before. */
    STALE_READ("a read shows a state that had been overwritten before it began"),
    /** A read found a session under an id that was acknowledged to be replaced or ended. */
    DEAD_ID_ACCEPTED("an id was accepted after it was acknowledged to be dead"),
    /** An outage that looked like a logout: no session, under an id that was live. */
    DENIED_SESSION("there was said to be no session under an id that was live"),
    /** A change was refused though nothing was in its way, or was refused and done. */
    FALSE_CONFLICT(
        "a change was refused although nothing had come before it, or was done after all"),
    /** A value that the session never had when it was answered. */
    WRONG_ANSWER("an answer tells a value that the session did not have"),
    /** A change took effect more often than asked for. */
    DUPLICATE_WRITE("a change took effect twice"),
    /** An acknowledged change is not there any more, or never was. */
    LOST_WRITE("an acknowledged change is gone"),
    /** The session is gone, and nobody ended it. */
    LOST_SESSION("the session is gone and nobody has ended it"),
    /** The session went on after its acknowledged end. */
    RESURRECTED("the session went on after its end was acknowledged"),
    /** Two ids of the session were accepted at a time. */
    FORK("two ids of the session were live at a time"),
    /** The search was too long; nothing is known. */
    UNDECIDED("the search for an explanation was given up");

    private final String meaning;

    Kind(String meaning) {
      this.meaning = meaning;
    }

    String meaning() {
      return meaning;
    }
  }

  @Override
  public String toString() {
    return explanation;
  }
}
