package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SessionPolicyTest {
  private static final Optional<Duration> HOUR = Optional.of(Duration.ofHours(1));

  @Test
  void default_asDocumented_isHalfAnHourAndTwelveHours() {
    assertThat(SessionPolicy.DEFAULT)
        .isEqualTo(
            new SessionPolicy(
                Optional.of(Duration.ofMinutes(30)),
                new SessionRenewalStrategy.Automatic(
                    Duration.ofMinutes(30), Duration.ofMinutes(20)),
                Optional.of(Duration.ofHours(12)),
                16,
                Duration.ofSeconds(30),
                false,
                false));
  }

  @Test
  void new_valuesOutOfRange_areNamedWithTheirValue() {
    assertRefused(
        "timeToLive must be positive and at most 100 years, was PT0S",
        Optional.of(Duration.ZERO),
        HOUR,
        0);
    assertRefused(
        "absoluteLifetime must be positive and at most 100 years, was PT-1S",
        HOUR,
        Optional.of(Duration.ofSeconds(-1)),
        0);
    assertRefused("maximumReruns must be 0 or more, was -1", HOUR, HOUR, -1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(HOUR, HOUR, 0, Duration.ofSeconds(-1)))
        .withMessage("recent must be zero or more, and at most 100 years, was PT-1S");
  }

  @Test
  void new_valuesAtTheEdge_areTaken() {
    assertThat(policy(Optional.empty(), Optional.empty(), 0, Duration.ZERO).maximumReruns())
        .isZero();
  }

  @Test
  void automatic_valuesOutOfRange_areNamedWithTheirValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new SessionRenewalStrategy.Automatic(Duration.ZERO, Duration.ofSeconds(1)))
        .withMessage("timeToLive must be positive, was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new SessionRenewalStrategy.Automatic(Duration.ofSeconds(1), Duration.ZERO))
        .withMessageContaining("PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new SessionRenewalStrategy.Automatic(Duration.ofSeconds(1), Duration.ofSeconds(2)))
        .withMessageContaining("PT2S")
        .withMessageContaining("at most timeToLive (PT1S)");
  }

  private static void assertRefused(
      String message,
      Optional<Duration> timeToLive,
      Optional<Duration> absoluteLifetime,
      int reruns) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(timeToLive, absoluteLifetime, reruns, Duration.ZERO))
        .withMessage(message);
  }

  private static SessionPolicy policy(
      Optional<Duration> timeToLive,
      Optional<Duration> absoluteLifetime,
      int reruns,
      Duration recent) {
    return new SessionPolicy(
        timeToLive,
        SessionRenewalStrategy.Ignore.INSTANCE,
        absoluteLifetime,
        reruns,
        recent,
        false,
        false);
  }
}
