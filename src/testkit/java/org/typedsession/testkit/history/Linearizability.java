package org.typedsession.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Searches for an order of concurrent operations that explains all their answers, such that an
 * operation which had ended before another began comes before it.
 *
 * <p>This is the search of Wing and Gong (Testing and verifying concurrent objects, 1993) with the
 * memory of Lowe (Testing for linearizability, 2017): whatever order has led to the same set of
 * operations done and the same state, what remains to be found is the same. Two more cuts keep it
 * short, and neither loses an order:
 *
 * <ul>
 *   <li>An operation that never changes anything comes as soon as it may and its answer is right.
 *       It could not come later without being movable to here.
 *   <li>Of several unanswered operations that ask for the same, the one that began first is tried.
 *       They differ in nothing that is still to come.
 * </ul>
 *
 * @param <S> what the object remembers
 * @param <C> what can be asked of it
 * @param <A> what it answers
 */
final class Linearizability<S, C, A> {
  private final SequentialSpecification<S, C, A> specification;
  private final int limit;

  /**
   * @param specification what is to be looked for
   * @param limit how many combinations of operations done and state are looked at, at most
   */
  Linearizability(SequentialSpecification<S, C, A> specification, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be positive, was " + limit);
    }
    this.specification = specification;
    this.limit = limit;
  }

  /** What came of a search. */
  sealed interface Outcome<S, C, A> {
    /**
     * There is such an order.
     *
     * @param order all operations that have an answer, and those others that were done
     */
    record Explained<S, C, A>(List<Operation<C, A>> order) implements Outcome<S, C, A> {}

    /**
     * There is none.
     *
     * @param order the longest beginning of one
     * @param state the state after it
     * @param stuck what could have come next, but for its answer
     */
    record Inexplicable<S, C, A>(List<Operation<C, A>> order, S state, List<Operation<C, A>> stuck)
        implements Outcome<S, C, A> {}

    /** The limit was reached first. */
    record Undecided<S, C, A>() implements Outcome<S, C, A> {}
  }

  Outcome<S, C, A> check(List<Operation<C, A>> operations) {
    return new Search(operations).run();
  }

  /**
   * How much of an inexplicable history is needed to see that it is one. Operations that had not
   * ended by then count as unanswered.
   *
   * @return the shortest such beginning; its last answer is that of {@link #lastAnswered}
   */
  List<Operation<C, A>> shortestInexplicable(List<Operation<C, A>> operations) {
    List<Long> ends =
        operations.stream()
            .filter(operation -> operation.answer().isPresent())
            .map(Operation::end)
            .sorted()
            .distinct()
            .toList();
    int explained = -1;
    int inexplicable = ends.size() - 1;
    while (inexplicable - explained > 1) {
      int middle = (explained + inexplicable) >>> 1;
      if (check(until(ends.get(middle), operations)) instanceof Outcome.Inexplicable) {
        inexplicable = middle;
      } else {
        explained = middle;
      }
    }
    return until(ends.get(inexplicable), operations);
  }

  /** What was known at {@code time}. */
  List<Operation<C, A>> until(long time, List<Operation<C, A>> operations) {
    return operations.stream()
        .filter(operation -> operation.begin() <= time)
        .map(
            operation ->
                operation.end() <= time ? operation : operation.withAnswer(Optional.empty()))
        .toList();
  }

  /** The operation whose answer came last. */
  static <C, A> Optional<Operation<C, A>> lastAnswered(List<Operation<C, A>> operations) {
    return operations.stream()
        .filter(operation -> operation.answer().isPresent())
        .max(Comparator.comparingLong(Operation::end));
  }

  private record Configuration<S>(BitSet done, S state) {}

  private record Step<S>(int operation, S state) {}

  /** A place in the search where several operations may come next. */
  private static final class Fork<S> {
    private final List<Step<S>> steps;
    private final int length;
    private int next;

    private Fork(List<Step<S>> steps, int length) {
      this.steps = steps;
      this.length = length;
    }
  }

  private final class Search {
    private final List<Operation<C, A>> operations;
    private final int answered;
    private final BitSet done = new BitSet();
    private final List<Integer> order = new ArrayList<>();
    private final Set<Configuration<S>> seen = new HashSet<>();
    private final Deque<Fork<S>> forks = new ArrayDeque<>();
    private int answeredDone;
    private int furthest = -1;
    private List<Operation<C, A>> furthestOrder = List.of();
    private S furthestState = specification.initial();
    private List<Operation<C, A>> furthestStuck = List.of();

    Search(List<Operation<C, A>> operations) {
      this.operations =
          operations.stream()
              .sorted(
                  Comparator.<Operation<C, A>>comparingLong(Operation::begin)
                      .thenComparingLong(Operation::end))
              .toList();
      this.answered = (int) operations.stream().filter(o -> o.answer().isPresent()).count();
    }

    Outcome<S, C, A> run() {
      S state = specification.initial();
      while (true) {
        placeWhatChangesNothing(state);
        if (answeredDone == answered) {
          return new Outcome.Explained<>(ordered());
        }
        if (seen.add(new Configuration<>((BitSet) done.clone(), state))) {
          if (seen.size() > limit) {
            return new Outcome.Undecided<>();
          }
          List<Integer> candidates = candidates();
          remember(state, candidates);
          forks.push(new Fork<>(steps(state, candidates), order.size()));
        }
        Optional<Step<S>> step = nextStep();
        if (step.isEmpty()) {
          return new Outcome.Inexplicable<>(furthestOrder, furthestState, furthestStuck);
        }
        place(step.get().operation());
        state = step.get().state();
      }
    }

    private Optional<Step<S>> nextStep() {
      while (!forks.isEmpty()) {
        Fork<S> fork = forks.peek();
        while (order.size() > fork.length) {
          displace();
        }
        if (fork.next < fork.steps.size()) {
          return Optional.of(fork.steps.get(fork.next++));
        }
        forks.pop();
      }
      return Optional.empty();
    }

    private void placeWhatChangesNothing(S state) {
      boolean placed = true;
      while (placed) {
        placed = false;
        for (int index : candidates()) {
          Operation<C, A> operation = operations.get(index);
          Optional<A> answer = operation.answer();
          if (answer.isPresent()
              && specification.changesNothing(operation.call(), answer.get())
              && specification.after(state, operation.call(), answer.get()).isPresent()) {
            place(index);
            placed = true;
          }
        }
      }
    }

    /**
     * What may come next: no answered operation that is still to come had ended before it began.
     */
    private List<Integer> candidates() {
      List<Integer> candidates = new ArrayList<>();
      long firstEnd = Long.MAX_VALUE;
      for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
        Operation<C, A> operation = operations.get(i);
        if (operation.begin() > firstEnd) {
          break;
        }
        candidates.add(i);
        if (operation.answer().isPresent()) {
          firstEnd = Math.min(firstEnd, operation.end());
        }
      }
      return candidates;
    }

    private List<Step<S>> steps(S state, List<Integer> candidates) {
      List<Step<S>> steps = new ArrayList<>();
      List<Step<S>> unanswered = new ArrayList<>();
      Set<C> asked = new HashSet<>();
      for (int index : candidates) {
        Operation<C, A> operation = operations.get(index);
        C call = operation.call();
        if (operation.answer().isPresent()) {
          specification
              .after(state, call, operation.answer().get())
              .ifPresent(after -> steps.add(new Step<>(index, after)));
        } else if (asked.add(call)) {
          S after = specification.afterUnanswered(state, call);
          if (!after.equals(state)) {
            unanswered.add(new Step<>(index, after));
          }
        }
      }
      // Those without an answer need not come at all, so the others first.
      steps.addAll(unanswered);
      return steps;
    }

    private void remember(S state, List<Integer> candidates) {
      if (answeredDone > furthest) {
        furthest = answeredDone;
        furthestOrder = ordered();
        furthestState = state;
        furthestStuck =
            candidates.stream()
                .map(operations::get)
                .filter(
                    operation ->
                        operation.answer().isPresent()
                            && specification
                                .after(state, operation.call(), operation.answer().get())
                                .isEmpty())
                .toList();
      }
    }

    private List<Operation<C, A>> ordered() {
      return order.stream().map(operations::get).toList();
    }

    private void place(int index) {
      order.add(index);
      done.set(index);
      answeredDone += operations.get(index).answer().isPresent() ? 1 : 0;
    }

    private void displace() {
      int index = order.remove(order.size() - 1);
      done.clear(index);
      answeredDone -= operations.get(index).answer().isPresent() ? 1 : 0;
    }
  }
}
