package org.typedsession.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.typedsession.testkit.history.Linearizability.Outcome;
import org.typedsession.testkit.history.SessionCall.Fault;
import org.typedsession.testkit.history.Violation.Kind;

/** Shows a history that cannot be explained, for people. */
final class Explanation {
  private static final double NANOS_PER_MILLI = 1e6;

  private final String session;
  private final List<Operation<SessionCall, SessionAnswer>> operations;
  private final Outcome<SessionState, SessionCall, SessionAnswer> outcome;

  Explanation(
      String session,
      List<Operation<SessionCall, SessionAnswer>> operations,
      Outcome<SessionState, SessionCall, SessionAnswer> outcome) {
    this.session = session;
    this.operations =
        operations.stream()
            .filter(
                operation -> !(operation.call() instanceof Fault) && !operation.client().isEmpty())
            .sorted(Comparator.comparingLong(Operation::begin))
            .toList();
    this.outcome = outcome;
  }

  /** The text: what is wrong, all operations in the order of their begin, and how far one gets. */
  String text(Kind kind, @Nullable Operation<SessionCall, SessionAnswer> culprit) {
    StringBuilder text = new StringBuilder();
    line(text, "%s in session %s: %s", kind, session, kind.meaning());
    long start =
        operations.stream()
            .mapToLong(Operation::begin)
            .filter(begin -> begin != Long.MIN_VALUE)
            .min()
            .orElse(0);
    line(
        text,
        "      %10s %10s  %-12s %-12s %-40s %s",
        "begin ms",
        "end ms",
        "client",
        "node",
        "asked",
        "answered");
    for (int i = 0; i < operations.size(); i++) {
      Operation<SessionCall, SessionAnswer> operation = operations.get(i);
      line(
          text,
          "%s %3d %10s %10s  %-12s %-12s %-40s %s",
          isAt(operation, culprit) ? "!" : " ",
          i + 1,
          operation.begin() == Long.MIN_VALUE ? "" : millis(operation.begin() - start),
          operation.answer().isEmpty() ? "" : millis(operation.end() - start),
          operation.client(),
          operation.node(),
          operation.call(),
          operation.answer().map(Object::toString).orElse("(not yet)"));
    }
    if (outcome instanceof Outcome.Inexplicable<SessionState, SessionCall, SessionAnswer> stuck) {
      line(
          text,
          "  At best %s came in this order, and left the session %s.",
          stuck.order().isEmpty() ? "nothing" : numbers(stuck.order()),
          stuck.state());
      line(text, "  After that no order gives the answer of %s.", numbers(stuck.stuck()));
    }
    return text.toString();
  }

  private static boolean isAt(
      Operation<SessionCall, SessionAnswer> operation,
      @Nullable Operation<SessionCall, SessionAnswer> culprit) {
    return culprit != null
        && operation.client().equals(culprit.client())
        && operation.call().equals(culprit.call())
        && operation.begin() == culprit.begin();
  }

  private String numbers(List<Operation<SessionCall, SessionAnswer>> some) {
    List<String> numbers = new ArrayList<>();
    for (Operation<SessionCall, SessionAnswer> operation : some) {
      int index = operations.indexOf(operation);
      numbers.add(index < 0 ? "(" + operation.call() + ")" : String.valueOf(index + 1));
    }
    return String.join(", ", numbers);
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / NANOS_PER_MILLI);
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments).stripTrailing())
        .append(System.lineSeparator());
  }
}
