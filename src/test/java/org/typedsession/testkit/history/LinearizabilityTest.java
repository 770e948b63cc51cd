package org.typedsession.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;
import org.typedsession.testkit.history.Linearizability.Outcome;

/** Compares the search with trying all orders, and asks for the proof of what it says. */
final class LinearizabilityTest {
  private static final int LIMIT = 100_000;

  private final SessionSpecification specification = new SessionSpecification();
  private final Linearizability<SessionState, SessionCall, SessionAnswer> linearizability =
      new Linearizability<>(specification, LIMIT);

  @Property(tries = 20_000, seed = "1")
  void check_ofTinyHistories_agreesWithTryingAllOrders(
      @ForAll("histories") List<Operation<SessionCall, SessionAnswer>> history) {
    Outcome<SessionState, SessionCall, SessionAnswer> outcome = linearizability.check(history);
    boolean explained = isExplainedBySomeOrder(new ArrayList<>(history), SessionState.NONE);
    Statistics.collect(explained ? "explained" : "inexplicable");
    Statistics.coverage(
        coverage -> {
          coverage.check("explained").percentage(share -> share > 10);
          coverage.check("inexplicable").percentage(share -> share > 10);
        });
    if (explained) {
      assertThat(outcome).isInstanceOf(Outcome.Explained.class);
    } else {
      assertThat(outcome).isInstanceOf(Outcome.Inexplicable.class);
    }
  }

  @Property(tries = 5_000, seed = "1")
  void check_ofAnExplainedHistory_givesAnOrderThatExplainsIt(
      @ForAll("histories") List<Operation<SessionCall, SessionAnswer>> history) {
    if (linearizability.check(history)
        instanceof Outcome.Explained<SessionState, SessionCall, SessionAnswer> explained) {
      SessionState state = SessionState.NONE;
      List<Operation<SessionCall, SessionAnswer>> left = new ArrayList<>(history);
      for (Operation<SessionCall, SessionAnswer> operation : explained.order()) {
        assertThat(left).contains(operation);
        assertThat(left).noneMatch(earlier -> isBefore(earlier, operation));
        state = after(state, operation).orElseThrow();
        left.remove(operation);
      }
      assertThat(left).allMatch(operation -> operation.answer().isEmpty());
    }
  }

  @Property(tries = 2_000, seed = "1")
  void shortestInexplicable_ofAnInexplicableHistory_cannotLoseItsLastAnswer(
      @ForAll("histories") List<Operation<SessionCall, SessionAnswer>> history) {
    if (linearizability.check(history) instanceof Outcome.Inexplicable) {
      List<Operation<SessionCall, SessionAnswer>> shortest =
          linearizability.shortestInexplicable(history);
      assertThat(linearizability.check(shortest)).isInstanceOf(Outcome.Inexplicable.class);
      long end = Linearizability.lastAnswered(shortest).orElseThrow().end();
      assertThat(linearizability.check(linearizability.until(end - 1, history)))
          .isInstanceOf(Outcome.Explained.class);
    }
  }

  @Property(tries = 2_000, seed = "1")
  void diagnosis_ofAnyHistory_findsSomethingExactlyIfItIsInexplicable(
      @ForAll("histories") List<Operation<SessionCall, SessionAnswer>> history) {
    boolean explained = linearizability.check(history) instanceof Outcome.Explained;
    List<Violation> violations =
        new Diagnosis(linearizability, "s", history, Long.MAX_VALUE).violations();
    assertThat(violations.isEmpty()).isEqualTo(explained);
  }

  /** Wing and Gong without any memory: whatever may come first, then the rest. */
  private boolean isExplainedBySomeOrder(
      List<Operation<SessionCall, SessionAnswer>> left, SessionState state) {
    if (left.stream().allMatch(operation -> operation.answer().isEmpty())) {
      return true;
    }
    for (Operation<SessionCall, SessionAnswer> first : List.copyOf(left)) {
      Optional<SessionState> after = after(state, first);
      if (after.isPresent() && left.stream().noneMatch(other -> isBefore(other, first))) {
        List<Operation<SessionCall, SessionAnswer>> rest = new ArrayList<>(left);
        rest.remove(first);
        if (isExplainedBySomeOrder(rest, after.get())) {
          return true;
        }
      }
    }
    return false;
  }

  private Optional<SessionState> after(
      SessionState state, Operation<SessionCall, SessionAnswer> operation) {
    return operation
        .answer()
        .map(answer -> specification.after(state, operation.call(), answer))
        .orElseGet(() -> Optional.of(specification.afterUnanswered(state, operation.call())));
  }

  private static boolean isBefore(
      Operation<SessionCall, SessionAnswer> one, Operation<SessionCall, SessionAnswer> other) {
    return one.answer().isPresent() && one.end() < other.begin();
  }

  /** Up to six operations, wild enough to be wrong and tame enough to be right. */
  @Provide
  Arbitrary<List<Operation<SessionCall, SessionAnswer>>> histories() {
    Arbitrary<String> id = Arbitraries.of("a", "b");
    Arbitrary<Long> value = Arbitraries.longs().between(1, 3);
    Arbitrary<SessionCall> call =
        Arbitraries.frequencyOf(
            Tuple.of(3, id.map(SessionCall::read)),
            Tuple.of(2, id.map(SessionCall::increment)),
            Tuple.of(2, Combinators.combine(id, value, value).as(SessionCall::write)),
            Tuple.of(
                2,
                Combinators.combine(id, Arbitraries.of("b", "c"), value, value)
                    .as(SessionCall::remap)),
            Tuple.of(1, Combinators.combine(id, Arbitraries.of("b", "c")).as(SessionCall::rotate)),
            Tuple.of(
                1, Arbitraries.of(SessionCall.end("a"), SessionCall.end("c"), SessionCall.end())));
    Arbitrary<Operation<SessionCall, SessionAnswer>> operation =
        Combinators.combine(
                call,
                Arbitraries.integers().between(0, 100),
                value,
                Arbitraries.longs().between(0, 20),
                Arbitraries.longs().between(0, 8))
            .as(
                (what, choice, number, begin, length) ->
                    new Operation<>(
                        "c", "n", what, answer(what, choice, number), begin, begin + length));
    return operation
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(
            list -> {
              List<Operation<SessionCall, SessionAnswer>> history = new ArrayList<>(list);
              history.add(
                  new Operation<>(
                      "c",
                      "n",
                      SessionCall.create("a", 1),
                      Optional.of(SessionAnswer.done()),
                      0,
                      2));
              history.sort(Comparator.comparingLong(Operation::begin));
              return history;
            });
  }

  private static Optional<SessionAnswer> answer(SessionCall call, int choice, long value) {
    if (choice < 15) {
      return Optional.empty();
    }
    if (call instanceof SessionCall.Read) {
      return Optional.of(choice < 75 ? SessionAnswer.found(value) : SessionAnswer.none());
    }
    if (call instanceof SessionCall.End || choice < 60) {
      boolean tells = call instanceof SessionCall.Change && choice % 2 == 0;
      return Optional.of(
          new SessionAnswer.Done(tells ? OptionalLong.of(value) : OptionalLong.empty()));
    }
    return Optional.of(choice < 85 ? SessionAnswer.conflict() : SessionAnswer.none());
  }

  @Test
  void check_ofNothing_isExplained() {
    assertThat(linearizability.check(List.of())).isEqualTo(new Outcome.Explained<>(List.of()));
  }

  @Test
  void limit_notPositive_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Linearizability<>(specification, 0))
        .withMessageContaining("was 0");
  }

  @Test
  void operation_thatEndsBeforeItBegins_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Operation<>("c", "n", SessionCall.end(), Optional.empty(), 2, 1));
  }
}
