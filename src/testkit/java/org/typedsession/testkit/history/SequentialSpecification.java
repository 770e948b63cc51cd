package org.typedsession.testkit.history;

import java.util.Optional;

/**
 * What an object does when it has one caller at a time.
 *
 * @param <S> what the object remembers; a value with {@code equals}
 * @param <C> what can be asked of it; a value with {@code equals}
 * @param <A> what it answers
 */
interface SequentialSpecification<S, C, A> {
  /** Before anything was asked. */
  S initial();

  /**
   * Has {@code call} done.
   *
   * @return the state after it, or empty if {@code answer} would be wrong in {@code state}
   */
  Optional<S> after(S state, C call, A answer);

  /**
   * Whether {@code call}, if that is its answer, leaves every state as it is in which that is
   * right: a read, a refusal. Not so what happens to have no effect in some states only.
   */
  boolean changesNothing(C call, A answer);

  /**
   * Has {@code call} done, whatever it answers.
   *
   * @return the state after it
   */
  S afterUnanswered(S state, C call);
}
