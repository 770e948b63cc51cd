package org.typedsession.testkit.history;

import java.util.Optional;

/**
 * Something that a client asked for.
 *
 * @param <C> what can be asked
 * @param <A> what can be answered
 * @param client who asked
 * @param node who was asked
 * @param call what was asked
 * @param answer what came back; empty if nothing did, or nothing definite: then it may have been
 *     done at any time after {@code begin}, be done yet, or never
 * @param begin when it was asked, in nanoseconds of some clock
 * @param end when the answer was there or waiting for it was over, by the same clock
 */
public record Operation<C, A>(
    String client, String node, C call, Optional<A> answer, long begin, long end) {

  /** Rejects an end before the begin. */
  public Operation {
    if (end < begin) {
      throw new IllegalArgumentException("end must not be before begin, was " + (end - begin));
    }
  }

  /** This operation with another call. */
  Operation<C, A> withCall(C other) {
    return new Operation<>(client, node, other, answer, begin, end);
  }

  /** This operation as if the answer were another one, or missing. */
  Operation<C, A> withAnswer(Optional<A> other) {
    return new Operation<>(client, node, call, other, begin, end);
  }

  /** This operation as if it had begun at another time. */
  Operation<C, A> withBegin(long other) {
    return new Operation<>(client, node, call, answer, other, end);
  }
}
