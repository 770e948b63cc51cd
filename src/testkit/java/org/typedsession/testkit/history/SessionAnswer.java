package org.typedsession.testkit.history;

import java.util.OptionalLong;

/**
 * What came back to a {@link SessionCall}. That nothing came back, or nothing definite (an I/O
 * error, a timeout, a 503 to a change), is no answer: see {@link History.Running#unknown}.
 */
public sealed interface SessionAnswer {
  /**
   * It was done.
   *
   * @param value the session's value after it, where the answer tells
   */
  record Done(OptionalLong value) implements SessionAnswer {
    @Override
    public String toString() {
      return value.isPresent() ? "Done(" + value.getAsLong() + ")" : "Done";
    }
  }

  /**
   * A read found the session.
   *
   * @param value its value
   */
  record Found(long value) implements SessionAnswer {
    @Override
    public String toString() {
      return "Found(" + value + ")";
    }
  }

  /** There is no session under that id. A change that is answered so has done nothing. */
  record None() implements SessionAnswer {
    @Override
    public String toString() {
      return "None";
    }
  }

  /** The change was refused, because of another one; it has done nothing. */
  record Conflict() implements SessionAnswer {
    @Override
    public String toString() {
      return "Conflict";
    }
  }

  /** The id that was to be new is taken; nothing was done. */
  record IdExists() implements SessionAnswer {
    @Override
    public String toString() {
      return "IdExists";
    }
  }

  /** A read could not be answered. */
  record Unavailable() implements SessionAnswer {
    @Override
    public String toString() {
      return "Unavailable";
    }
  }

  static SessionAnswer done() {
    return new Done(OptionalLong.empty());
  }

  static SessionAnswer done(long value) {
    return new Done(OptionalLong.of(value));
  }

  static SessionAnswer found(long value) {
    return new Found(value);
  }

  static SessionAnswer none() {
    return new None();
  }

  static SessionAnswer conflict() {
    return new Conflict();
  }

  static SessionAnswer idExists() {
    return new IdExists();
  }

  static SessionAnswer unavailable() {
    return new Unavailable();
  }
}
