package org.typedsession.infinispan;

import java.util.OptionalLong;
import org.typedsession.SessionId;

/** What a client asked of a session under trial, and what the answer was. */
public sealed interface Attempt {
  /** What an answer says of the attempt. */
  enum Answer {
    ACKNOWLEDGED,
    REFUSED,
    UNKNOWN
  }

  /**
   * For how long the client waited, by {@link System#nanoTime}.
   *
   * @param begun before the question left the client
   * @param ended after the answer came
   */
  record Span(long begun, long ended) {
    boolean isBefore(Span later) {
      return ended - later.begun < 0;
    }
  }

  Span span();

  /** A write: every one has a value of its own, and names the value that it was built on. */
  sealed interface Change extends Attempt {
    long base();

    long value();

    Answer answer();
  }

  /**
   * The session moves to another id.
   *
   * @param successor the other id
   */
  record Remap(SessionId successor, long base, long value, Answer answer, Span span)
      implements Change {}

  /** The session is written in place. */
  record Write(long base, long value, Answer answer, Span span) implements Change {}

  /** The session ends; any answer says that it has. */
  record Logout(Answer answer, Span span) implements Attempt {}

  /**
   * A look at an id that the client was given, by a node that lived on.
   *
   * @param live what is under the id; empty if no session is
   * @param isUnknown whether the node has never heard of the id
   */
  record Read(SessionId id, OptionalLong live, boolean isUnknown, Span span) implements Attempt {}
}
