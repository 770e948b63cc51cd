package org.typedsession.testkit.history;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a client asks of one session, be it at the SPI of a store or over HTTP.
 *
 * <p>Ids are any names that tell one id of the session from another. A value is a number: that of a
 * counter, or one that the client has given to the data that it writes. A client that writes gives
 * each value once only; otherwise a lost write could not be told from a repeated one.
 */
public sealed interface SessionCall {
  /** An id that was given out without ever reaching anybody, with a lost answer to a login. */
  String LOST_ID = "(lost)";

  /** Begins the session. */
  record Create(String id, long value) implements SessionCall {
    @Override
    public String toString() {
      return "create " + id + " := " + value;
    }
  }

  /** Looks up an id. */
  record Read(String id) implements SessionCall {
    @Override
    public String toString() {
      return "read " + id;
    }
  }

  /**
   * Changes the session in one atomic step.
   *
   * @param id the id that is
   * @param successor the id that is to be: the same, or a new one
   * @param expected the value that must be there; empty if the client does not know
   * @param effect what becomes of the value
   */
  record Change(String id, String successor, OptionalLong expected, Effect effect)
      implements SessionCall {
    boolean isRemap() {
      return !id.equals(successor);
    }

    @Override
    public String toString() {
      String what = isRemap() ? "remap " + id + " -> " + successor : "change " + id;
      String from = expected.isPresent() ? " (" + expected.getAsLong() + ")" : "";
      return what + from + effect;
    }
  }

  /**
   * Ends the session.
   *
   * @param id an id that it has or had; empty if it is named by its handle
   */
  record End(Optional<String> id) implements SessionCall {
    @Override
    public String toString() {
      return "end" + id.map(i -> " " + i).orElse("");
    }
  }

  /**
   * Something that nobody asked for, but that may have gone wrong in the store; see {@link
   * Diagnosis}.
   */
  sealed interface Fault extends SessionCall {}

  /** A change that took effect is gone again. */
  record Undo(Change change) implements Fault {}

  /** A remap left the old id as it was. */
  record Copy(Change change) implements Fault {}

  /** The end of the session is gone again. */
  record Revive() implements Fault {}

  /** What becomes of a value. */
  sealed interface Effect {
    /** It is replaced. */
    record Put(long value) implements Effect {
      @Override
      public String toString() {
        return " := " + value;
      }
    }

    /** It is added to, or kept if {@code number} is 0. */
    record Add(long number) implements Effect {
      @Override
      public String toString() {
        return number == 0 ? "" : " += " + number;
      }
    }
  }

  static SessionCall create(String id, long value) {
    return new Create(id, value);
  }

  static SessionCall read(String id) {
    return new Read(id);
  }

  /** A compare-and-set in place. */
  static SessionCall write(String id, long expected, long value) {
    return new Change(id, id, OptionalLong.of(expected), new Effect.Put(value));
  }

  /** A compare-and-set that gives the session a new id. */
  static SessionCall remap(String id, String successor, long expected, long value) {
    return new Change(id, successor, OptionalLong.of(expected), new Effect.Put(value));
  }

  /** One more, whatever the value is. */
  static SessionCall increment(String id) {
    return new Change(id, id, OptionalLong.empty(), new Effect.Add(1));
  }

  /**
   * A new id for the same value, whatever that is: a login, or a rotation.
   *
   * @param successor the new id, or {@link #LOST_ID} if the answer that would tell is missing
   */
  static SessionCall rotate(String id, String successor) {
    return new Change(id, successor, OptionalLong.empty(), new Effect.Add(0));
  }

  static SessionCall end(String id) {
    return new End(Optional.of(id));
  }

  /** Ends the session by its handle. */
  static SessionCall end() {
    return new End(Optional.empty());
  }
}
