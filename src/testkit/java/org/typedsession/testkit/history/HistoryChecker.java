package org.typedsession.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.typedsession.testkit.history.SessionCall.Read;

/** Judges histories of sessions. */
public final class HistoryChecker {
  /** Enough for some hundred operations, a dozen of them unanswered, in about a second. */
  public static final int DEFAULT_LIMIT = 200_000;

  private final Linearizability<SessionState, SessionCall, SessionAnswer> linearizability;

  public HistoryChecker() {
    this(DEFAULT_LIMIT);
  }

  /**
   * @param limit how many combinations of operations done and state are looked at for one session
   *     before it counts as {@link Violation.Kind#UNDECIDED}
   */
  public HistoryChecker(int limit) {
    linearizability = new Linearizability<>(new SessionSpecification(), limit);
  }

  /**
   * Judges what has been recorded.
   *
   * @throws IllegalStateException if an operation was begun whose outcome was never told
   */
  public Verdict check(History history) {
    return check(history.sessions(), history.concludedAt());
  }

  Verdict check(
      Map<String, List<Operation<SessionCall, SessionAnswer>>> sessions, long concludedAt) {
    List<Violation> violations = new ArrayList<>();
    Map<String, Set<String>> unread = new TreeMap<>();
    int operations = 0;
    int unanswered = 0;
    Set<String> nodes = new TreeSet<>();
    sessions
        .values()
        .forEach(all -> lastReads(all, concludedAt).forEach(last -> nodes.add(last.node())));
    for (Map.Entry<String, List<Operation<SessionCall, SessionAnswer>>> entry :
        sessions.entrySet()) {
      String session = entry.getKey();
      List<Operation<SessionCall, SessionAnswer>> all = entry.getValue();
      operations += all.size();
      unanswered += (int) all.stream().filter(operation -> operation.answer().isEmpty()).count();
      violations.addAll(new Diagnosis(linearizability, session, all, concludedAt).violations());
      Set<String> ids = unread(all, nodes, concludedAt);
      if (concludedAt != Long.MAX_VALUE && !ids.isEmpty()) {
        unread.put(session, ids);
      }
    }
    return new Verdict(sessions.size(), operations, unanswered, violations, unread);
  }

  private static Set<String> unread(
      List<Operation<SessionCall, SessionAnswer>> operations, Set<String> nodes, long concludedAt) {
    Set<String> ids = new TreeSet<>();
    operations.forEach(operation -> ids.addAll(History.ids(operation.call())));
    ids.remove(SessionCall.LOST_ID);
    Map<String, Set<String>> readOn = new TreeMap<>();
    lastReads(operations, concludedAt)
        .forEach(
            last ->
                readOn
                    .computeIfAbsent(((Read) last.call()).id(), id -> new TreeSet<>())
                    .add(last.node()));
    ids.removeIf(id -> !nodes.isEmpty() && nodes.equals(readOn.get(id)));
    return ids;
  }

  private static List<Operation<SessionCall, SessionAnswer>> lastReads(
      List<Operation<SessionCall, SessionAnswer>> operations, long concludedAt) {
    return operations.stream()
        .filter(operation -> operation.begin() >= concludedAt)
        .filter(operation -> operation.call() instanceof Read)
        .filter(
            operation ->
                operation
                    .answer()
                    .filter(answer -> !(answer instanceof SessionAnswer.Unavailable))
                    .isPresent())
        .toList();
  }
}
