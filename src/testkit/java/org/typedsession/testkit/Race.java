package org.typedsession.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Several parties that start together.
 *
 * <p>Who is ahead changes from round to round, and so does by how much, so that many rounds see
 * many interleavings. A party that does not come back fails the test.
 */
public final class Race {
  private static final long DEADLINE_SECONDS = 60;
  private static final int SPINS_BEFORE_YIELDING = 200;
  // A head start of up to 7 * 24 pauses per place: from nothing to some 10 microseconds.
  private static final int HEAD_STARTS = 8;
  private static final int PAUSES = 24;

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "race");
            thread.setDaemon(true);
            return thread;
          });

  private Race() {}

  /** How a party came out. */
  public sealed interface Outcome<T> {
    record Returned<T>(T value) implements Outcome<T> {}

    record Threw<T>(Exception exception) implements Outcome<T> {}

    /** Whether the party threw a {@code type}. */
    default boolean threw(Class<? extends Exception> type) {
      return this instanceof Threw<T> threw && type.isInstance(threw.exception());
    }

    /** What the party returned; a failure of the test if it threw. */
    default T value() {
      if (this instanceof Returned<T> returned) {
        return returned.value();
      }
      throw new AssertionError("a party threw", ((Threw<T>) this).exception());
    }
  }

  /**
   * Runs {@code parties} against each other.
   *
   * @param round changes who is ahead
   * @return their outcomes, in the order of {@code parties}
   */
  public static <T> List<Outcome<T>> run(int round, List<? extends Callable<T>> parties) {
    int size = parties.size();
    AtomicInteger missing = new AtomicInteger(size);
    List<@Nullable Future<Outcome<T>>> futures = new ArrayList<>();
    parties.forEach(party -> futures.add(null));
    for (int place = 0; place < size; place++) {
      int index = Math.floorMod(place + round, size);
      int pauses = place * (round / size % HEAD_STARTS) * PAUSES;
      Callable<T> party = parties.get(index);
      futures.set(index, THREADS.submit(() -> start(missing, pauses, party)));
    }
    List<Outcome<T>> outcomes = new ArrayList<>();
    for (Future<Outcome<T>> future : futures) {
      outcomes.add(outcome(future));
    }
    return outcomes;
  }

  // Yielding only helps the race to begin; nothing depends on it.
  @SuppressWarnings("ThreadPriorityCheck")
  private static <T> Outcome<T> start(AtomicInteger missing, int pauses, Callable<T> party)
      throws Exception {
    missing.decrementAndGet();
    for (int spins = 0; missing.get() > 0; spins++) {
      if (spins < SPINS_BEFORE_YIELDING) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    for (int i = 0; i < pauses; i++) {
      Thread.onSpinWait();
    }
    try {
      return new Outcome.Returned<>(party.call());
    } catch (RuntimeException e) {
      return new Outcome.Threw<>(e);
    }
  }

  private static <T> Outcome<T> outcome(Future<Outcome<T>> future) {
    try {
      return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("a party of a race did not come back: " + stacks(), e);
    } catch (ExecutionException e) {
      throw new AssertionError("a party of a race failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static String stacks() {
    StringBuilder text = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, frames) -> {
              if (thread.getName().equals("race")) {
                text.append(System.lineSeparator()).append(List.of(frames));
              }
            });
    return text.toString();
  }
}
