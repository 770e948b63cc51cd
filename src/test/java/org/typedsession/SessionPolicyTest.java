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
                Duration.ofSeconds(3),
                Duration.ofMinutes(1),
                false,
                false,
                Optional.empty()));
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
        .withMessage("overtaken must be zero or more, and at most 100 years, was PT-1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionPolicy.builder().replayAfter(Duration.ofSeconds(2)).build())
        .withMessage("replay-after must not be less than overtaken, PT3S, was PT2S");
  }

  @Test
  void new_valuesAtTheEdge_areTaken() {
    assertThat(policy(Optional.empty(), Optional.empty(), 0, Duration.ZERO).maximumReruns())
        .isZero();
  }

  @Test
  void overtaken_longerThanReplayAfter_takesThatAlong() {
    SessionPolicy policy = SessionPolicy.builder().overtaken(Duration.ofMinutes(2)).build();

    assertThat(policy.overtaken()).isEqualTo(Duration.ofMinutes(2));
    assertThat(policy.replayAfter()).isEqualTo(Duration.ofMinutes(2));
    assertThat(policy.toBuilder().overtaken(Duration.ZERO).build().replayAfter())
        .isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void replayAfter_setAsWell_isTakenAsItIsInAnyOrder() {
    Duration twoMinutes = Duration.ofMinutes(2);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SessionPolicy.builder()
                    .replayAfter(Duration.ofMinutes(1))
                    .overtaken(twoMinutes)
                    .build());
    assertThat(SessionPolicy.builder().replayAfter(twoMinutes).overtaken(twoMinutes).build())
        .isEqualTo(SessionPolicy.builder().overtaken(twoMinutes).replayAfter(twoMinutes).build());
  }

  @Test
  void timeToLive_alone_isRenewedBelowTwoThirds() {
    assertThat(SessionPolicy.builder().timeToLive(Duration.ofHours(3)).build().renewal())
        .isEqualTo(new SessionRenewalStrategy.Automatic(Duration.ofHours(3), Duration.ofHours(2)));
    assertThat(SessionPolicy.builder().timeToLive(Optional.empty()).build().renewal())
        .isEqualTo(SessionRenewalStrategy.Ignore.INSTANCE);
  }

  @Test
  void renewal_setAsWell_isTakenAsItIsInAnyOrder() {
    SessionRenewalStrategy rare =
        new SessionRenewalStrategy.Automatic(Duration.ofHours(1), Duration.ofMinutes(1));

    assertThat(SessionPolicy.builder().renewal(rare).timeToLive(Duration.ofHours(1)).build())
        .isEqualTo(SessionPolicy.builder().timeToLive(Duration.ofHours(1)).renewal(rare).build());
    assertThat(
            SessionPolicy.builder()
                .renewal(rare)
                .timeToLive(Duration.ofHours(1))
                .build()
                .toBuilder()
                .maximumReruns(3)
                .build()
                .renewal())
        .isEqualTo(rare);
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
      Duration overtaken) {
    return new SessionPolicy(
        timeToLive,
        SessionRenewalStrategy.Ignore.INSTANCE,
        absoluteLifetime,
        reruns,
        overtaken,
        Duration.ofMinutes(1),
        false,
        false,
        Optional.empty());
  }
}
