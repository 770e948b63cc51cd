package org.typedsession.servlet.response;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionIdCollisionException;
import org.typedsession.SessionLimitException;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.testing.Logs;

final class RefusalTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new SessionConflictException("lost"), 409),
        Arguments.of(new SessionLimitException("three already"), 403),
        Arguments.of(new SessionStoreUnavailableException("away", null), 503),
        Arguments.of(new SessionIdCollisionException(9), 503));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void of_aFailureOfASession_isItsStatus(RuntimeException failure, int status) {
    assertThat(Refusal.of(failure).map(Refusal::status)).contains(status);
  }

  // Whoever refuses tells the operator, once for all the requests.
  @ParameterizedTest
  @MethodSource("failures")
  void of_aFailureOfASession_logsNothing(RuntimeException failure, int status) {
    try (Logs logs = new Logs()) {
      Refusal.of(failure);

      assertThat(logs.all()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void of_aFailureThatWasWrapped_isItsStatus(RuntimeException failure, int status) {
    RuntimeException wrapped = new IllegalStateException(new RuntimeException(failure));

    assertThat(Refusal.of(wrapped).map(Refusal::status)).contains(status);
  }

  @Test
  void of_anotherException_isNone() {
    IllegalStateException other = new IllegalStateException("other");

    assertThat(Refusal.of(other)).isEmpty();
    List<Throwable> unexpected = new ArrayList<>();
    assertThat(Refusal.ofAny(other, unexpected::add)).isEqualTo(new Refusal(500, 0));
    assertThat(unexpected).containsExactly(other);
  }

  @Test
  void of_causesInACircle_ends() {
    IllegalStateException one = new IllegalStateException("one");
    one.initCause(new IllegalStateException("other", one));

    assertThat(Refusal.of(one)).isEmpty();
  }
}
