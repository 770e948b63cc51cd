package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionIdCollisionException;
import org.typedsession.SessionStoreUnavailableException;

final class RefusalTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new SessionConflictException("lost"), 409),
        Arguments.of(new SessionStoreUnavailableException("away", null), 503),
        Arguments.of(new SessionIdCollisionException(9), 503));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void of_aFailureOfASession_isItsStatus(RuntimeException failure, int status) {
    assertThat(Refusal.of(failure)).contains(new Refusal(status));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void of_aFailureThatWasWrapped_isItsStatus(RuntimeException failure, int status) {
    RuntimeException wrapped = new IllegalStateException(new RuntimeException(failure));

    assertThat(Refusal.of(wrapped)).contains(new Refusal(status));
  }

  @Test
  void of_anotherException_isNone() {
    IllegalStateException other = new IllegalStateException("other");

    assertThat(Refusal.of(other)).isEmpty();
    assertThat(Refusal.ofAny(other)).isEqualTo(new Refusal(500));
  }

  @Test
  void of_causesInACircle_ends() {
    IllegalStateException one = new IllegalStateException("one");
    one.initCause(new IllegalStateException("other", one));

    assertThat(Refusal.of(one)).isEmpty();
  }
}
