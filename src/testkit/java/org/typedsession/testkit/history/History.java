package org.typedsession.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.typedsession.testkit.history.SessionCall.Change;
import org.typedsession.testkit.history.SessionCall.Create;
import org.typedsession.testkit.history.SessionCall.End;
import org.typedsession.testkit.history.SessionCall.Read;

/**
 * What all clients have asked and been told. Safe for any number of threads, and recording costs
 * two looks at the clock and one entry in a queue.
 *
 * <pre>{@code
 * History.Running running = history.begin("client 3", "node-1");
 * try {
 *   running.end(session, SessionCall.write(id, 1, 2), answered(connector.writeSession(...)));
 * } catch (SessionStoreUnavailableException e) {
 *   running.unknown(session, SessionCall.write(id, 1, 2));
 * }
 * }</pre>
 *
 * <p>When all is quiet again, {@link #conclude} and then read every id of every session ({@link
 * #ids}) on every node: those reads show forks and losses that nobody has met before.
 */
public final class History {
  private final LongSupplier clock;
  private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
  private final AtomicLong running = new AtomicLong();
  private volatile long concludedAt = Long.MAX_VALUE;

  private record Entry(String session, Operation<SessionCall, SessionAnswer> operation) {}

  /** A history that begins now. */
  public History() {
    // From here on, so that it can be compared and does not overflow.
    this(sinceNow());
  }

  /** A history by another clock. */
  History(LongSupplier clock) {
    this.clock = clock;
  }

  private static LongSupplier sinceNow() {
    long start = System.nanoTime();
    return () -> System.nanoTime() - start;
  }

  /** An operation begins; it must be told how it came out. */
  public Running begin(String client, String node) {
    running.incrementAndGet();
    return new Running(client, node, clock.getAsLong());
  }

  /** An operation under way. */
  public final class Running {
    private final String client;
    private final String node;
    private final long begin;
    private final AtomicBoolean over = new AtomicBoolean();

    private Running(String client, String node, long begin) {
      this.client = client;
      this.node = node;
      this.begin = begin;
    }

    /**
     * It was answered.
     *
     * @param session the session's name, the same for all of its ids
     * @param call what was asked; may be known only now
     * @throws IllegalArgumentException if that is no answer to such a call
     */
    public void end(String session, SessionCall call, SessionAnswer answer) {
      if (!SessionSpecification.admits(call, answer)) {
        throw new IllegalArgumentException(answer + " is no answer to: " + call);
      }
      add(session, call, Optional.of(answer));
      finish();
    }

    /**
     * One request did two things, such as finding no session and beginning another. Both happened
     * while it lasted; {@link #end} is to follow.
     */
    public void also(String session, SessionCall call, SessionAnswer answer) {
      if (!SessionSpecification.admits(call, answer)) {
        throw new IllegalArgumentException(answer + " is no answer to: " + call);
      }
      add(session, call, Optional.of(answer));
    }

    /** It was not answered, or nothing definite: it may have been done, be done yet, or never. */
    public void unknown(String session, SessionCall call) {
      add(session, call, Optional.empty());
      finish();
    }

    /** It concerned no session, or none that can be named. Does nothing if its outcome is told. */
    public void forget() {
      finish();
    }

    private void add(String session, SessionCall call, Optional<SessionAnswer> answer) {
      if (over.get()) {
        throw new IllegalStateException("this operation is over");
      }
      entries.add(
          new Entry(
              session, new Operation<>(client, node, call, answer, begin, clock.getAsLong())));
    }

    private void finish() {
      if (!over.getAndSet(true)) {
        running.decrementAndGet();
      }
    }
  }

  /**
   * All is quiet: what begins from now on looks at what is left.
   *
   * @throws IllegalStateException if an operation was begun whose outcome was never told
   */
  public void conclude() {
    requireNothingRunning();
    concludedAt = clock.getAsLong();
  }

  private void requireNothingRunning() {
    if (running.get() != 0) {
      throw new IllegalStateException(
          running.get() + " operations were begun and their outcome was never told");
    }
  }

  /** When it was {@linkplain #conclude concluded}; the end of time if it was not. */
  long concludedAt() {
    return concludedAt;
  }

  /** How many operations there are. */
  public int size() {
    return entries.size();
  }

  /** Every id that clients have held, by session. */
  public Map<String, Set<String>> ids() {
    Map<String, Set<String>> ids = new TreeMap<>();
    for (Entry entry : entries) {
      Set<String> own = ids.computeIfAbsent(entry.session(), session -> new TreeSet<>());
      own.addAll(ids(entry.operation().call()));
      own.remove(SessionCall.LOST_ID);
    }
    return ids;
  }

  static List<String> ids(SessionCall call) {
    if (call instanceof Create create) {
      return List.of(create.id());
    }
    if (call instanceof Read read) {
      return List.of(read.id());
    }
    if (call instanceof Change change) {
      return List.of(change.id(), change.successor());
    }
    return call instanceof End end ? end.id().map(List::of).orElse(List.of()) : List.of();
  }

  /** What was done to one session, a line each, for people. */
  public String of(String session) {
    return entries.stream()
        .filter(entry -> entry.session().equals(session))
        .map(Entry::operation)
        .sorted(Comparator.comparingLong(Operation::begin))
        .map(Operation::toString)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /**
   * All operations, by session.
   *
   * @throws IllegalStateException if an operation was begun whose outcome was never told
   */
  Map<String, List<Operation<SessionCall, SessionAnswer>>> sessions() {
    requireNothingRunning();
    Map<String, List<Operation<SessionCall, SessionAnswer>>> sessions = new LinkedHashMap<>();
    for (Entry entry : entries) {
      sessions
          .computeIfAbsent(entry.session(), session -> new ArrayList<>())
          .add(entry.operation());
    }
    return sessions;
  }
}
