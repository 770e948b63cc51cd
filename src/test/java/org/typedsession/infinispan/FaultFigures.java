package org.typedsession.infinispan;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.typedsession.testing.Campaign;
import org.typedsession.testing.FigureFile;

/** What became of the sessions of one trial under one fault. */
final class FaultFigures {
  private static final String HEADER =
      "mode,fault,faults,sessions,acknowledged,refused,unknown,logouts,"
          + Stream.of(BrokenPromise.values())
              .map(BrokenPromise::title)
              .collect(Collectors.joining(","));

  private final LongAdder faults = new LongAdder();
  private final LongAdder sessions = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LongAdder logouts = new LongAdder();
  private final Map<BrokenPromise, LongAdder> broken = new EnumMap<>(BrokenPromise.class);
  private final Queue<String> histories = new ConcurrentLinkedQueue<>();

  FaultFigures() {
    for (BrokenPromise promise : BrokenPromise.values()) {
      broken.put(promise, new LongAdder());
    }
  }

  /** Something failed, or several things that belong together did. */
  void fault() {
    faults.increment();
  }

  void session() {
    sessions.increment();
  }

  void answered(Attempt.Answer answer) {
    switch (answer) {
      case ACKNOWLEDGED -> acknowledged.increment();
      case REFUSED -> refused.increment();
      case UNKNOWN -> unknown.increment();
    }
  }

  /** One of the acknowledged answers was to a logout. */
  void loggedOut() {
    logouts.increment();
  }

  void broken(BrokenPromise promise) {
    count(promise).increment();
  }

  long sessions() {
    return sessions.sum();
  }

  long acknowledged() {
    return acknowledged.sum();
  }

  /** How many times a promise was broken. */
  long broken() {
    return sum(broken.keySet());
  }

  /** Of these, how many times the session had two truths. */
  long forks() {
    return sum(
        Set.of(
            BrokenPromise.FORKED,
            BrokenPromise.FORKED_ANSWERS,
            BrokenPromise.MOVED_TWICE,
            BrokenPromise.DISAGREED,
            BrokenPromise.COPIES_DIFFER));
  }

  private long sum(Set<BrokenPromise> promises) {
    return promises.stream().mapToLong(promise -> count(promise).sum()).sum();
  }

  private LongAdder count(BrokenPromise promise) {
    LongAdder count = broken.get(promise);
    if (count == null) {
      throw new AssertionError(promise + " is not counted");
    }
    return count;
  }

  /** Adds the figures to the report on all campaigns, and what went wrong to its histories. */
  void report(String campaign) {
    new Campaign(
            campaign,
            OptionalLong.of(faults.sum()),
            sessions(),
            forks(),
            sum(Set.of(BrokenPromise.LOST, BrokenPromise.ACKNOWLEDGED_LOST)),
            logouts.sum() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(count(BrokenPromise.LOGOUT_UNDONE).sum()),
            sum(Set.of(BrokenPromise.STALE, BrokenPromise.UNKNOWN_ID, BrokenPromise.UNANSWERED)),
            Optional.empty())
        .report(histories);
  }

  /** What became of a session of which a promise was broken. */
  void history(String history) {
    histories.add(history);
  }

  /** Appends a line to {@code target/contract/NAME.csv}. */
  void publish(String name, String mode, String fault) {
    FigureFile.of(name, HEADER).append(row(mode, fault));
  }

  /** Removes {@code target/contract/NAME.csv} of an earlier run. */
  static void clear(String name) {
    FigureFile.of(name, HEADER).clear();
  }

  private String row(String mode, String fault) {
    Stream<LongAdder> counts =
        Stream.concat(
            Stream.of(faults, sessions, acknowledged, refused, unknown, logouts),
            broken.values().stream());
    return Stream.concat(Stream.of(mode, fault), counts.map(LongAdder::toString))
        .collect(Collectors.joining(","));
  }

  @Override
  public String toString() {
    return HEADER + " = " + row("", "") + histories.stream().findFirst().orElse("");
  }
}
