package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SessionExpiryTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void isExpired_aroundTheInstant_beginsWithIt() {
    SessionExpiry expiry = SessionExpiry.at(NOON);

    assertThat(expiry.isExpired(NOON.minusNanos(1))).isFalse();
    assertThat(expiry.isExpired(NOON)).isTrue();
    assertThat(expiry.isExpired(NOON.plusNanos(1))).isTrue();
  }

  @Test
  void isExpired_never_isFalse() {
    assertThat(SessionExpiry.never().isExpired(Instant.MAX)).isFalse();
  }

  @Test
  void remaining_beforeAtAndAfter_isNeverNegative() {
    SessionExpiry expiry = SessionExpiry.at(NOON);

    assertThat(expiry.remaining(NOON.minusSeconds(5))).contains(Duration.ofSeconds(5));
    assertThat(expiry.remaining(NOON)).contains(Duration.ZERO);
    assertThat(expiry.remaining(NOON.plusSeconds(5))).contains(Duration.ZERO);
    assertThat(SessionExpiry.never().remaining(NOON)).isEmpty();
  }

  @Test
  void in_timeToLiveOrNone_countsFromNow() {
    assertThat(SessionExpiry.in(Optional.of(Duration.ofSeconds(5)), NOON))
        .isEqualTo(SessionExpiry.at(NOON.plusSeconds(5)));
    assertThat(SessionExpiry.in(Optional.empty(), NOON)).isEqualTo(SessionExpiry.never());
  }

  @Test
  void earlier_anyPair_isTheEarlier() {
    SessionExpiry early = SessionExpiry.at(NOON);
    SessionExpiry late = SessionExpiry.at(NOON.plusSeconds(1));

    assertThat(early.earlier(late)).isEqualTo(early);
    assertThat(late.earlier(early)).isEqualTo(early);
    assertThat(early.earlier(SessionExpiry.never())).isEqualTo(early);
    assertThat(SessionExpiry.never().earlier(early)).isEqualTo(early);
    assertThat(SessionExpiry.never().earlier(SessionExpiry.never()))
        .isEqualTo(SessionExpiry.never());
  }
}
