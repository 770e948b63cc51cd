package org.typedsession.testkit.history;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.typedsession.testkit.history.Violation.Kind;

/**
 * What a history says about the store.
 *
 * @param sessions how many sessions were judged
 * @param operations how many operations there were
 * @param unanswered how many of them have no definite answer
 * @param violations all that cannot be explained
 * @param unread ids that were not read, after the history was concluded, on every node that was
 *     read from at all then, by session; empty if it was not concluded
 */
public record Verdict(
    int sessions,
    int operations,
    int unanswered,
    List<Violation> violations,
    Map<String, Set<String>> unread) {

  public Verdict {
    violations = List.copyOf(violations);
    unread = new TreeMap<>(unread);
  }

  /**
   * Whether some order of the operations explains all answers of every session, reads during a
   * change aside: {@link Kind#UNSETTLED_READ} is no broken promise.
   */
  public boolean isClean() {
    return violations.stream().allMatch(violation -> violation.kind() == Kind.UNSETTLED_READ);
  }

  public long count(Kind kind) {
    return violations.stream().filter(violation -> violation.kind() == kind).count();
  }

  public long forks() {
    return count(Kind.FORK);
  }

  /** Acknowledged changes and sessions that are gone. */
  public long lost() {
    return count(Kind.LOST_WRITE) + count(Kind.LOST_SESSION);
  }

  /** All that breaks a promise and is neither a fork nor a loss. */
  public long unexplained() {
    return violations.size() - count(Kind.UNSETTLED_READ) - forks() - lost();
  }

  /** What a violation looks like that needs the fewest operations to be seen. */
  public Optional<Violation> simplest() {
    return violations.stream()
        .min(Comparator.comparingLong(violation -> violation.explanation().lines().count()));
  }

  /** The figures, and the simplest violation. */
  @Override
  public String toString() {
    Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    violations.forEach(violation -> counts.merge(violation.kind(), 1L, Long::sum));
    return "%d sessions, %d operations, %d of them unanswered: %s%s%s"
        .formatted(
            sessions,
            operations,
            unanswered,
            counts.isEmpty() ? "all explained" : counts,
            unread.isEmpty() ? "" : ", never read at the end: " + unread,
            simplest().map(violation -> System.lineSeparator() + violation).orElse(""));
  }
}
