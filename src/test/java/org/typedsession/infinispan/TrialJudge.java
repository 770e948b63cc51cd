package org.typedsession.infinispan;

import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.typedsession.SessionId;
import org.typedsession.infinispan.Attempt.Answer;

/**
 * Tells by what clients were answered, and by what is there at rest, which promises were broken of
 * one session.
 */
final class TrialJudge {
  private final SessionId original;
  private final Collection<Attempt> attempts;
  private final List<Attempt.Change> acknowledged;
  private final List<Attempt.Logout> logouts;
  private final Map<Long, Long> bases = new HashMap<>();

  /**
   * What is there when nothing moves any more.
   *
   * @param live for each node the ids that it accepts, with the value under each
   * @param copiesDiffer whether two owners of an entry have different copies
   * @param moves how many remaps of any of the ids were acknowledged then
   */
  record AtRest(Collection<Map<SessionId, Long>> live, boolean copiesDiffer, long moves) {}

  /**
   * @param original what the session began as, with the value 0
   */
  TrialJudge(SessionId original, Collection<Attempt> attempts) {
    this.original = original;
    this.attempts = attempts;
    List<Attempt.Change> changes = only(Attempt.Change.class);
    this.acknowledged =
        changes.stream().filter(change -> change.answer() == Answer.ACKNOWLEDGED).toList();
    this.logouts = only(Attempt.Logout.class);
    changes.forEach(change -> bases.put(change.value(), change.base()));
  }

  private <A extends Attempt> List<A> only(Class<A> kind) {
    return attempts.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  Set<BrokenPromise> judge(AtRest rest) {
    Set<BrokenPromise> broken = EnumSet.noneOf(BrokenPromise.class);
    judgeAnswers(broken);
    judgeReads(broken);
    judgeRest(rest, broken);
    return broken;
  }

  private void judgeAnswers(Set<BrokenPromise> broken) {
    if (acknowledged.stream().map(Attempt.Change::base).distinct().count() < acknowledged.size()) {
      broken.add(BrokenPromise.FORKED_ANSWERS);
    }
    if (acknowledged.stream().anyMatch(change -> isEndedBefore(change.span()))) {
      broken.add(BrokenPromise.LOGOUT_UNDONE);
    }
  }

  private void judgeReads(Set<BrokenPromise> broken) {
    for (Attempt.Read read : only(Attempt.Read.class)) {
      if (read.isUnknown() && wasGivenOut(read.id())) {
        broken.add(BrokenPromise.UNKNOWN_ID);
      }
      if (read.live().isPresent() && isStale(read, read.live().getAsLong())) {
        broken.add(BrokenPromise.STALE);
      }
    }
  }

  private boolean wasGivenOut(SessionId id) {
    return id.equals(original)
        || acknowledged.stream()
            .anyMatch(
                change -> change instanceof Attempt.Remap remap && remap.successor().equals(id));
  }

  private boolean isStale(Attempt.Read read, long value) {
    Set<Long> shown = history(value);
    return isEndedBefore(read.span())
        || acknowledged.stream()
            .anyMatch(
                change -> change.span().isBefore(read.span()) && !shown.contains(change.value()));
  }

  private boolean isEndedBefore(Attempt.Span span) {
    return logouts.stream()
        .anyMatch(logout -> logout.answer() == Answer.ACKNOWLEDGED && logout.span().isBefore(span));
  }

  private void judgeRest(AtRest rest, Set<BrokenPromise> broken) {
    Set<SessionId> ids = new HashSet<>();
    Set<Long> kept = new HashSet<>();
    for (Map<SessionId, Long> live : rest.live()) {
      ids.addAll(live.keySet());
      live.values().forEach(value -> kept.addAll(history(value)));
    }
    if (rest.copiesDiffer()) {
      broken.add(BrokenPromise.COPIES_DIFFER);
    }
    if (Set.copyOf(rest.live()).size() > 1) {
      broken.add(BrokenPromise.DISAGREED);
    }
    if (ids.size() > 1) {
      broken.add(BrokenPromise.FORKED);
    }
    if (rest.moves() > 1) {
      broken.add(BrokenPromise.MOVED_TWICE);
    }
    if (logouts.stream().anyMatch(logout -> logout.answer() == Answer.ACKNOWLEDGED)) {
      if (!ids.isEmpty() || rest.moves() > 0) {
        broken.add(BrokenPromise.LOGOUT_UNDONE);
      }
      return;
    }
    if (ids.isEmpty() && !logouts.isEmpty()) {
      // One of which no answer came has ended it.
      return;
    }
    if (ids.isEmpty()) {
      broken.add(BrokenPromise.LOST);
    }
    if (acknowledged.stream().anyMatch(change -> !kept.contains(change.value()))) {
      broken.add(BrokenPromise.ACKNOWLEDGED_LOST);
    }
  }

  /** A value, what it was built on, and so on. */
  private Set<Long> history(long value) {
    Set<Long> history = new HashSet<>();
    Long at = value;
    while (at != null && history.add(at)) {
      at = bases.get(at);
    }
    return history;
  }
}
