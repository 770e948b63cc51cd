package org.typedsession.testkit.history;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.typedsession.testkit.history.SessionCall.Change;
import org.typedsession.testkit.history.SessionCall.Effect;
import org.typedsession.testkit.history.Violation.Kind;

/**
 * A session and some clients of it, simulated: every operation takes effect at one moment between
 * its begin and its end, which the dice choose. Written down once more, without the specification,
 * so that both would have to be wrong.
 *
 * <p>It can be made to do one thing wrong.
 */
final class SimulatedSession {
  /** Enough for some fifty operations. */
  static final int STEPS = 160;

  // How many changes make a value so old that the read has begun after them, mostly.
  private static final int OLD = 3;

  private final Random random;
  private final int steps;
  private final @Nullable Kind fault;
  private final List<Operation<SessionCall, SessionAnswer>> operations = new ArrayList<>();
  private final TreeMap<String, Long> live = new TreeMap<>();
  private final List<String> issued = new ArrayList<>(List.of("i0"));
  private final Set<String> known = new HashSet<>();
  private final List<Pending> abandoned = new ArrayList<>();
  private final boolean counter;
  private boolean planted;
  // Those of the current id.
  private final List<Long> values = new ArrayList<>(List.of(1L));
  private long now;
  private long lastValue = 1;
  private boolean begun;
  private long concludedAt;

  /** An operation under way. */
  private static final class Pending {
    private final SessionCall call;
    private final long begin;
    private @Nullable SessionAnswer answer;

    private Pending(SessionCall call, long begin) {
      this.call = call;
      this.begin = begin;
    }
  }

  /**
   * @param fault what to do wrong once, when there is an opportunity; null for nothing
   */
  SimulatedSession(Random random, @Nullable Kind fault) {
    this(random, fault, STEPS);
  }

  /**
   * @param steps how often a client begins, is served, or ends
   */
  SimulatedSession(Random random, @Nullable Kind fault, int steps) {
    this.random = random;
    this.steps = steps;
    this.fault = fault;
    this.counter = random.nextBoolean();
  }

  boolean isPlanted() {
    return planted;
  }

  long concludedAt() {
    return concludedAt;
  }

  /** Lets the clients go, and reads all ids at the end. */
  List<Operation<SessionCall, SessionAnswer>> run() {
    Pending first = new Pending(SessionCall.create("i0", 1), now++);
    execute(first);
    record("c0", first);
    int clients = 2 + random.nextInt(2);
    Pending[] running = new Pending[clients];
    for (int step = 0; step < steps; step++) {
      int client = random.nextInt(clients);
      Pending pending = running[client];
      now++;
      if (pending == null) {
        running[client] = new Pending(call(), now);
      } else if (pending.answer != null || random.nextInt(12) == 0) {
        // Some give up waiting before they have an answer, or before it arrives.
        boolean lost = pending.answer == null || random.nextInt(10) == 0;
        if (lost && pending.answer == null) {
          abandoned.add(pending);
        }
        record("c" + client, lost ? withoutAnswer(pending) : pending);
        running[client] = null;
      } else {
        execute(pending);
      }
      if (!abandoned.isEmpty() && random.nextInt(20) == 0) {
        execute(abandoned.remove(random.nextInt(abandoned.size())));
      }
    }
    for (int client = 0; client < clients; client++) {
      if (running[client] != null) {
        record("c" + client, withoutAnswer(running[client]));
      }
    }
    concludedAt = ++now;
    for (String id : issued) {
      Pending last = new Pending(SessionCall.read(id), now++);
      last.answer = readAnswer(id);
      record("end", last);
    }
    return operations;
  }

  private static Pending withoutAnswer(Pending pending) {
    return new Pending(pending.call, pending.begin);
  }

  private void record(String client, Pending pending) {
    now++;
    operations.add(
        new Operation<>(
            client, "n", pending.call, Optional.ofNullable(pending.answer), pending.begin, now));
  }

  private SessionCall call() {
    // Mostly what is current, sometimes what was.
    String id =
        live.isEmpty() || random.nextInt(5) == 0
            ? issued.get(random.nextInt(issued.size()))
            : live.firstKey();
    long expected = random.nextInt(4) == 0 ? lastValue : live.getOrDefault(id, lastValue);
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4, 5 -> SessionCall.read(id);
      case 6, 7, 8, 9, 10 ->
          counter ? SessionCall.increment(id) : SessionCall.write(id, expected, ++lastValue);
      case 11, 12, 13, 14 -> {
        String successor = "i" + issued.size();
        issued.add(successor);
        yield counter
            ? SessionCall.rotate(id, successor)
            : SessionCall.remap(id, successor, expected, ++lastValue);
      }
      // Late in a long life: there is little to see after it.
      default ->
          random.nextInt(3) == 0 && now > 2L * (steps - STEPS)
              ? SessionCall.end(id)
              : SessionCall.read(id);
    };
  }

  /** Does {@code pending} at this moment. */
  private void execute(Pending pending) {
    SessionCall call = pending.call;
    if (call instanceof SessionCall.Read read) {
      pending.answer = readAnswer(read.id());
      if (isTime(Kind.DENIED_SESSION) && pending.answer instanceof SessionAnswer.Found) {
        pending.answer = SessionAnswer.none();
        planted = true;
      } else if (isTime(Kind.STALE_READ)
          && pending.answer instanceof SessionAnswer.Found
          && values.size() > OLD) {
        pending.answer = SessionAnswer.found(values.get(0));
        planted = true;
      }
    } else if (call instanceof SessionCall.Create create) {
      live.put(create.id(), create.value());
      known.add(create.id());
      begun = true;
      pending.answer = SessionAnswer.done();
    } else if (call instanceof SessionCall.End end) {
      end(end);
      pending.answer = SessionAnswer.done();
    } else if (call instanceof Change change) {
      pending.answer = change(change);
    }
    if (isTime(Kind.LOST_SESSION) && begun && !live.isEmpty() && random.nextInt(10) == 0) {
      live.clear();
      planted = true;
    }
  }

  private boolean isTime(Kind kind) {
    return fault == kind && !planted && now > steps / 4;
  }

  private SessionAnswer readAnswer(String id) {
    Long value = live.get(id);
    return value == null ? SessionAnswer.none() : SessionAnswer.found(value);
  }

  private void end(SessionCall.End end) {
    if (isTime(Kind.RESURRECTED) && !live.isEmpty()) {
      planted = true;
    } else if (known.contains(end.id().orElseThrow())) {
      live.clear();
    }
  }

  private SessionAnswer change(Change change) {
    Long value = live.get(change.id());
    boolean expected =
        value != null && (change.expected().isEmpty() || change.expected().getAsLong() == value);
    if (!expected) {
      return SessionAnswer.conflict();
    }
    if (isTime(Kind.FALSE_CONFLICT)) {
      planted = true;
      return SessionAnswer.conflict();
    }
    long next =
        change.effect() instanceof Effect.Put put
            ? put.value()
            : value + ((Effect.Add) change.effect()).number();
    if (isTime(Kind.LOST_WRITE) && next != value) {
      planted = true;
      return answer(change, next);
    }
    if (isTime(Kind.DUPLICATE_WRITE) && next != value && change.expected().isEmpty()) {
      planted = true;
      next++;
    }
    boolean forks = isTime(Kind.FORK) && change.isRemap();
    planted |= forks;
    if (!forks) {
      live.remove(change.id());
    }
    live.put(change.successor(), next);
    known.add(change.successor());
    if (change.isRemap()) {
      values.clear();
    }
    values.add(next);
    return answer(change, next);
  }

  private static SessionAnswer answer(Change change, long value) {
    return change.expected().isEmpty() ? SessionAnswer.done(value) : SessionAnswer.done();
  }
}
