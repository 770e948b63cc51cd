package org.typedsession.testkit.history;

import java.util.Optional;
import org.typedsession.testkit.history.SessionCall.Change;
import org.typedsession.testkit.history.SessionCall.Copy;
import org.typedsession.testkit.history.SessionCall.Create;
import org.typedsession.testkit.history.SessionCall.Effect;
import org.typedsession.testkit.history.SessionCall.End;
import org.typedsession.testkit.history.SessionCall.Read;
import org.typedsession.testkit.history.SessionCall.Revive;
import org.typedsession.testkit.history.SessionCall.Undo;

/**
 * What the operations of one session mean: it has one id at a time, a change compares and sets the
 * whole of it, an id that was replaced is dead for good, and so is the session once it was ended.
 *
 * <p>It knows no time: histories must be shorter than the life of a session and of its tombstones.
 */
final class SessionSpecification
    implements SequentialSpecification<SessionState, SessionCall, SessionAnswer> {

  /** Whether {@code answer} can be one to {@code call} at all. */
  static boolean admits(SessionCall call, SessionAnswer answer) {
    if (call instanceof Read) {
      return answer instanceof SessionAnswer.Found
          || answer instanceof SessionAnswer.None
          || answer instanceof SessionAnswer.Unavailable;
    }
    if (call instanceof Create) {
      return answer instanceof SessionAnswer.Done || answer instanceof SessionAnswer.IdExists;
    }
    if (call instanceof Change change) {
      return answer instanceof SessionAnswer.Done
          || answer instanceof SessionAnswer.Conflict
          || answer instanceof SessionAnswer.None
          || (answer instanceof SessionAnswer.IdExists && change.isRemap());
    }
    return answer instanceof SessionAnswer.Done;
  }

  @Override
  public SessionState initial() {
    return SessionState.NONE;
  }

  @Override
  public Optional<SessionState> after(SessionState state, SessionCall call, SessionAnswer answer) {
    return isRight(state, call, answer)
        ? Optional.of(answer instanceof SessionAnswer.Done ? afterUnanswered(state, call) : state)
        : Optional.empty();
  }

  @Override
  public boolean changesNothing(SessionCall call, SessionAnswer answer) {
    // The end of a session that has not begun is done as well, and would mean another thing later.
    return !(answer instanceof SessionAnswer.Done);
  }

  private static boolean isRight(SessionState state, SessionCall call, SessionAnswer answer) {
    if (call instanceof Read read) {
      Optional<Long> value = Optional.ofNullable(state.live().get(read.id()));
      return answer instanceof SessionAnswer.Found found
          ? value.equals(Optional.of(found.value()))
          : answer instanceof SessionAnswer.Unavailable || value.isEmpty();
    }
    if (call instanceof Create create) {
      return answer instanceof SessionAnswer.Done ? state.isNone() : state.isKnown(create.id());
    }
    if (call instanceof Change change) {
      return isRight(state, change, answer);
    }
    if (call instanceof Copy copy) {
      return isRight(state, copy.change(), answer);
    }
    return true;
  }

  private static boolean isRight(SessionState state, Change change, SessionAnswer answer) {
    if (answer instanceof SessionAnswer.Done done) {
      return isPossible(state, change)
          && (done.value().isEmpty() || done.value().getAsLong() == valueAfter(state, change));
    }
    if (answer instanceof SessionAnswer.None) {
      return !state.isLive(change.id());
    }
    return answer instanceof SessionAnswer.Conflict
        ? !isExpected(state, change)
        : state.isKnown(change.successor());
  }

  @Override
  public SessionState afterUnanswered(SessionState state, SessionCall call) {
    if (call instanceof Create create) {
      return state.isNone() ? state.with(create.id(), create.value()) : state;
    }
    if (call instanceof Change change) {
      return isPossible(state, change)
          ? changed(change.isRemap() ? state.without(change.id()) : state, state, change)
          : state;
    }
    if (call instanceof End end) {
      return end.id().map(state::isKnown).orElse(true) ? state.end() : state;
    }
    if (call instanceof Copy copy) {
      return isPossible(state, copy.change()) ? changed(state, state, copy.change()) : state;
    }
    if (call instanceof Undo undo) {
      return undone(state, undo.change());
    }
    return call instanceof Revive ? state.revive() : state;
  }

  private static SessionState changed(SessionState base, SessionState before, Change change) {
    // Ids that nobody knows need not be told apart, so the same name may come again.
    return base.with(change.successor(), valueAfter(before, change));
  }

  private static boolean isPossible(SessionState state, Change change) {
    return isExpected(state, change)
        && (!change.isRemap()
            || change.successor().equals(SessionCall.LOST_ID)
            || !state.isKnown(change.successor()));
  }

  private static boolean isExpected(SessionState state, Change change) {
    return state.isLive(change.id())
        && (change.expected().isEmpty()
            || change.expected().getAsLong() == state.live().get(change.id()));
  }

  private static long valueAfter(SessionState state, Change change) {
    return change.effect() instanceof Effect.Put put
        ? put.value()
        : state.live().get(change.id()) + ((Effect.Add) change.effect()).number();
  }

  private static SessionState undone(SessionState state, Change change) {
    Long value = state.live().get(change.successor());
    if (value == null) {
      return state;
    }
    if (change.effect() instanceof Effect.Add add) {
      return backTo(state, change, value - add.number());
    }
    return change.expected().isPresent() && value == ((Effect.Put) change.effect()).value()
        ? backTo(state, change, change.expected().getAsLong())
        : state;
  }

  private static SessionState backTo(SessionState state, Change change, long value) {
    return (change.isRemap() ? state.without(change.successor()) : state).with(change.id(), value);
  }
}
