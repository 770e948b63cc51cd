package org.typedsession.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.typedsession.testkit.history.Linearizability.Outcome;
import org.typedsession.testkit.history.SessionCall.Change;
import org.typedsession.testkit.history.SessionCall.Create;
import org.typedsession.testkit.history.SessionCall.Effect;
import org.typedsession.testkit.history.SessionCall.End;
import org.typedsession.testkit.history.SessionCall.Read;
import org.typedsession.testkit.history.Violation.Kind;

/**
 * Finds out what is wrong with the history of one session.
 *
 * <p>It takes the shortest beginning that cannot be explained, and looks for the one answer that
 * need not be believed for the rest to be explained: a read that may show an earlier state, a
 * change that may be gone again, a remap that may have left the old id alive, and so on. Of several
 * such faults that explain as much the mildest is named; what is still inexplicable afterwards is
 * treated in the same way.
 */
final class Diagnosis {
  private static final int MOST_VIOLATIONS = 20;

  private final Linearizability<SessionState, SessionCall, SessionAnswer> linearizability;
  private final String session;
  private final long concludedAt;
  private final List<Operation<SessionCall, SessionAnswer>> original;

  Diagnosis(
      Linearizability<SessionState, SessionCall, SessionAnswer> linearizability,
      String session,
      List<Operation<SessionCall, SessionAnswer>> operations,
      long concludedAt) {
    this.linearizability = linearizability;
    this.session = session;
    this.original = operations;
    this.concludedAt = concludedAt;
  }

  /** What may be doubted, from what is doubted first. */
  private enum Doubt {
    READ_IS_CURRENT,
    THERE_IS_NO_SESSION,
    REFUSED,
    VALUE_IN_ANSWER,
    DONE_ONCE,
    DONE_FOR_GOOD,
    NOBODY_ENDED_IT,
    OLD_ID_IS_DEAD,
    ENDED_FOR_GOOD,
    // When all is quiet a read shows what is left.
    LAST_READ_IS_CURRENT,
    LAST_READ,
    DONE_AT_ALL,
    ANYTHING
  }

  /** An answer that might be wrong, and how to go on if it is. */
  private record Suspicion(
      Doubt doubt,
      Kind kind,
      @Nullable Operation<SessionCall, SessionAnswer> culprit,
      @Nullable Operation<SessionCall, SessionAnswer> instead,
      @Nullable Operation<SessionCall, SessionAnswer> added) {

    List<Operation<SessionCall, SessionAnswer>> applyTo(
        List<Operation<SessionCall, SessionAnswer>> operations) {
      List<Operation<SessionCall, SessionAnswer>> repaired = new ArrayList<>();
      for (Operation<SessionCall, SessionAnswer> operation : operations) {
        if (!isCulprit(operation)) {
          repaired.add(operation);
        } else if (instead != null) {
          repaired.add(instead);
        }
      }
      if (added != null) {
        repaired.add(added);
      }
      return repaired;
    }

    // One operation among equal ones.
    @SuppressWarnings("ReferenceEquality")
    private boolean isCulprit(Operation<SessionCall, SessionAnswer> operation) {
      return operation == culprit;
    }
  }

  /** All that is wrong, in the order in which it shows; empty if nothing is. */
  List<Violation> violations() {
    List<Violation> violations = new ArrayList<>();
    List<Operation<SessionCall, SessionAnswer>> operations = original;
    while (violations.size() < MOST_VIOLATIONS) {
      Outcome<SessionState, SessionCall, SessionAnswer> outcome = linearizability.check(operations);
      if (outcome instanceof Outcome.Explained) {
        return violations;
      }
      if (outcome instanceof Outcome.Undecided) {
        violations.add(undecided(operations));
        return violations;
      }
      List<Operation<SessionCall, SessionAnswer>> shortest =
          linearizability.shortestInexplicable(operations);
      Suspicion suspicion = best(operations, shortest);
      violations.add(violation(suspicion, shortest));
      operations = suspicion.applyTo(operations);
    }
    return violations;
  }

  private Suspicion best(
      List<Operation<SessionCall, SessionAnswer>> operations,
      List<Operation<SessionCall, SessionAnswer>> shortest) {
    long time = endOf(shortest);
    Suspicion best = null;
    long furthest = Long.MIN_VALUE;
    for (Suspicion suspicion : suspicions(operations, time)) {
      List<Operation<SessionCall, SessionAnswer>> repaired = suspicion.applyTo(operations);
      if (!isExplained(linearizability.until(time, repaired))) {
        continue;
      }
      Outcome<SessionState, SessionCall, SessionAnswer> outcome = linearizability.check(repaired);
      if (outcome instanceof Outcome.Explained) {
        return suspicion;
      }
      // Measured in time: a suspicion may add or drop an operation.
      long reach =
          outcome instanceof Outcome.Undecided
              ? time
              : endOf(linearizability.shortestInexplicable(repaired));
      if (reach > furthest) {
        best = suspicion;
        furthest = reach;
      }
    }
    return best != null ? best : notBelieving(Linearizability.lastAnswered(shortest).orElseThrow());
  }

  private static long endOf(List<Operation<SessionCall, SessionAnswer>> operations) {
    return Linearizability.lastAnswered(operations).orElseThrow().end();
  }

  private boolean isExplained(List<Operation<SessionCall, SessionAnswer>> operations) {
    return linearizability.check(operations) instanceof Outcome.Explained;
  }

  /** What may be wrong with answers that were there at {@code time}, the mildest first. */
  private List<Suspicion> suspicions(
      List<Operation<SessionCall, SessionAnswer>> operations, long time) {
    List<Suspicion> suspicions = new ArrayList<>();
    operations.stream()
        .filter(operation -> operation.begin() <= time)
        // The latest first: it is what made the history inexplicable.
        .sorted(
            Comparator.<Operation<SessionCall, SessionAnswer>>comparingLong(Operation::end)
                .reversed())
        .forEach(operation -> suspect(operation, suspicions));
    long begin = operations.stream().mapToLong(Operation::begin).min().orElseThrow();
    suspicions.add(
        new Suspicion(
            Doubt.NOBODY_ENDED_IT, Kind.LOST_SESSION, null, null, fault(SessionCall.end(), begin)));
    suspicions.sort(Comparator.comparing(Suspicion::doubt));
    return suspicions;
  }

  private void suspect(
      Operation<SessionCall, SessionAnswer> operation, List<Suspicion> suspicions) {
    SessionCall call = operation.call();
    SessionAnswer answer = operation.answer().orElse(null);
    if (call instanceof Read) {
      suspectRead(operation, suspicions);
    } else if (call instanceof Change change && !(answer instanceof SessionAnswer.Done)) {
      if (answer != null) {
        boolean denied = answer instanceof SessionAnswer.None;
        suspicions.add(
            instead(
                denied ? Doubt.THERE_IS_NO_SESSION : Doubt.REFUSED,
                denied ? Kind.DENIED_SESSION : Kind.FALSE_CONFLICT,
                operation,
                operation.withAnswer(Optional.empty())));
      }
      suspectDuplicate(operation, change, suspicions);
      suspectFork(operation, change, suspicions);
    } else if (call instanceof Change change) {
      suspectDone(operation, change, suspicions);
    } else if (call instanceof End && answer != null) {
      suspicions.add(
          added(
              Doubt.ENDED_FOR_GOOD,
              Kind.RESURRECTED,
              operation,
              fault(new SessionCall.Revive(), operation.begin())));
      suspicions.add(disbelieved(Kind.RESURRECTED, operation));
    } else if (call instanceof Create && answer != null) {
      suspicions.add(
          disbelieved(
              answer instanceof SessionAnswer.Done ? Kind.LOST_WRITE : Kind.FALSE_CONFLICT,
              operation));
    }
  }

  private void suspectRead(
      Operation<SessionCall, SessionAnswer> operation, List<Suspicion> suspicions) {
    boolean last = operation.begin() >= concludedAt;
    boolean none = operation.answer().equals(Optional.of(SessionAnswer.none()));
    if (none) {
      Doubt doubt = last ? Doubt.LAST_READ : Doubt.THERE_IS_NO_SESSION;
      Kind kind = !last && isExplainedAlone(operation) ? Kind.UNSETTLED_READ : Kind.DENIED_SESSION;
      suspicions.add(instead(doubt, kind, operation, null));
    } else if (operation.answer().isPresent()) {
      Operation<SessionCall, SessionAnswer> earlier = operation.withBegin(Long.MIN_VALUE);
      suspicions.add(
          instead(
              last ? Doubt.LAST_READ_IS_CURRENT : Doubt.READ_IS_CURRENT,
              staleness(operation),
              operation,
              earlier));
      // Where several reads came too early or too late, the culprit is the one among them whose
      // absence explains the most; its own answer may be right.
      suspicions.add(
          instead(
              last ? Doubt.LAST_READ : Doubt.VALUE_IN_ANSWER,
              !last && isExplainedAlone(operation) ? Kind.UNSETTLED_READ : Kind.WRONG_ANSWER,
              operation,
              null));
    }
  }

  private Kind staleness(Operation<SessionCall, SessionAnswer> read) {
    String id = ((Read) read.call()).id();
    if (isDeadAt(read.begin(), id)) {
      return Kind.DEAD_ID_ACCEPTED;
    }
    // Nothing is on its way any more: this node will not learn of the change.
    if (read.begin() >= concludedAt) {
      return Kind.LOST_WRITE;
    }
    return isExplainedAlone(read) ? Kind.UNSETTLED_READ : Kind.STALE_READ;
  }

  /** Whether the read could be right if nobody else had been told anything but success. */
  @SuppressWarnings("ReferenceEquality") // this very read, were others equal
  private boolean isExplainedAlone(Operation<SessionCall, SessionAnswer> read) {
    return isExplained(
        linearizability.until(
            read.end(),
            original.stream()
                .filter(operation -> operation == read || mayHaveChangedSomething(operation))
                .toList()));
  }

  private static boolean mayHaveChangedSomething(Operation<SessionCall, SessionAnswer> operation) {
    return !(operation.call() instanceof Read)
        && operation.answer().map(SessionAnswer.Done.class::isInstance).orElse(true);
  }

  private void suspectDone(
      Operation<SessionCall, SessionAnswer> operation, Change change, List<Suspicion> suspicions) {
    if (operation.answer().orElseThrow() instanceof SessionAnswer.Done done
        && done.value().isPresent()) {
      SessionAnswer plain = new SessionAnswer.Done(OptionalLong.empty());
      suspicions.add(
          instead(
              Doubt.VALUE_IN_ANSWER,
              Kind.WRONG_ANSWER,
              operation,
              operation.withAnswer(Optional.of(plain))));
    }
    suspectDuplicate(operation, change, suspicions);
    Kind lost = isRivalled(operation, change) ? Kind.FORK : Kind.LOST_WRITE;
    suspicions.add(
        added(
            Doubt.DONE_FOR_GOOD,
            lost,
            operation,
            fault(new SessionCall.Undo(change), operation.begin())));
    suspectFork(operation, change, suspicions);
    Kind kind = lost;
    if (kind == Kind.LOST_WRITE && isEndedAt(operation.begin())) {
      kind = Kind.RESURRECTED;
    } else if (kind == Kind.LOST_WRITE && isDeadAt(operation.begin(), change.id())) {
      kind = Kind.DEAD_ID_ACCEPTED;
    }
    suspicions.add(disbelieved(kind, operation));
  }

  private static void suspectDuplicate(
      Operation<SessionCall, SessionAnswer> operation, Change change, List<Suspicion> suspicions) {
    if (change.effect() instanceof Effect.Add add && add.number() != 0) {
      suspicions.add(
          added(
              Doubt.DONE_ONCE, Kind.DUPLICATE_WRITE, operation, fault(change, operation.begin())));
    }
  }

  private static void suspectFork(
      Operation<SessionCall, SessionAnswer> operation, Change change, List<Suspicion> suspicions) {
    if (change.isRemap()) {
      suspicions.add(
          instead(
              Doubt.OLD_ID_IS_DEAD,
              Kind.FORK,
              operation,
              operation.withCall(new SessionCall.Copy(change))));
    }
  }

  /** What is left where several things went wrong at the same moment. */
  private static Suspicion notBelieving(Operation<SessionCall, SessionAnswer> operation) {
    return instead(Doubt.ANYTHING, Kind.WRONG_ANSWER, operation, null);
  }

  private static Suspicion disbelieved(Kind kind, Operation<SessionCall, SessionAnswer> operation) {
    return instead(Doubt.DONE_AT_ALL, kind, operation, operation.withAnswer(Optional.empty()));
  }

  private static Suspicion instead(
      Doubt doubt,
      Kind kind,
      Operation<SessionCall, SessionAnswer> culprit,
      @Nullable Operation<SessionCall, SessionAnswer> instead) {
    return new Suspicion(doubt, kind, culprit, instead, null);
  }

  private static Suspicion added(
      Doubt doubt,
      Kind kind,
      Operation<SessionCall, SessionAnswer> culprit,
      Operation<SessionCall, SessionAnswer> added) {
    return new Suspicion(doubt, kind, culprit, culprit, added);
  }

  private static Operation<SessionCall, SessionAnswer> fault(SessionCall call, long begin) {
    return new Operation<>("", "", call, Optional.empty(), begin, Long.MAX_VALUE);
  }

  /** Whether an acknowledged change or end had made {@code id} a dead one. */
  private boolean isDeadAt(long time, String id) {
    return isEndedAt(time)
        || acknowledgedBefore(time).stream()
            .anyMatch(
                operation ->
                    operation.call() instanceof Change change
                        && change.isRemap()
                        && change.id().equals(id));
  }

  private boolean isEndedAt(long time) {
    return acknowledgedBefore(time).stream().anyMatch(operation -> operation.call() instanceof End);
  }

  private List<Operation<SessionCall, SessionAnswer>> acknowledgedBefore(long time) {
    return original.stream()
        .filter(operation -> operation.end() < time)
        .filter(
            operation ->
                operation.answer().filter(SessionAnswer.Done.class::isInstance).isPresent())
        .toList();
  }

  /** Whether another acknowledged change has replaced the same id. */
  @SuppressWarnings("ReferenceEquality") // another of the operations, were it equal
  private boolean isRivalled(Operation<SessionCall, SessionAnswer> operation, Change change) {
    return change.isRemap()
        && acknowledgedBefore(Long.MAX_VALUE).stream()
            .anyMatch(
                other ->
                    other != operation
                        && other.call() instanceof Change rival
                        && rival.isRemap()
                        && rival.id().equals(change.id()));
  }

  private Violation violation(
      Suspicion suspicion, List<Operation<SessionCall, SessionAnswer>> shortest) {
    Outcome<SessionState, SessionCall, SessionAnswer> outcome = linearizability.check(shortest);
    String text =
        new Explanation(session, shortest, outcome).text(suspicion.kind(), suspicion.culprit());
    return new Violation(suspicion.kind(), session, Optional.ofNullable(suspicion.culprit()), text);
  }

  private Violation undecided(List<Operation<SessionCall, SessionAnswer>> operations) {
    String text =
        new Explanation(session, operations, new Outcome.Undecided<>()).text(Kind.UNDECIDED, null);
    return new Violation(Kind.UNDECIDED, session, Optional.empty(), text);
  }
}
