package org.typedsession.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;

final class TombstonePolicyTest {
  private static final Instant CREATED = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static SessionRecord<String> session(SessionExpiry expiry) {
    return SessionRecord.begin(new SessionHandle(1, 2), CREATED, expiry, "data");
  }

  @Test
  void movedUntil_boundedLifetime_isItsEndHoweverSoonTheSessionExpiresUnused() {
    TombstonePolicy policy = new TombstonePolicy(MINUTE, Optional.of(Duration.ofHours(12)));

    assertThat(policy.movedUntil(session(SessionExpiry.at(CREATED.plus(MINUTE)))))
        .isEqualTo(SessionExpiry.at(CREATED.plus(Duration.ofHours(12))));
  }

  @Test
  void movedUntil_sessionBeyondTheLifetimeOfToday_isItsOwnExpiry() {
    TombstonePolicy policy = new TombstonePolicy(MINUTE, Optional.of(Duration.ofHours(1)));
    SessionExpiry later = SessionExpiry.at(CREATED.plus(Duration.ofHours(2)));

    assertThat(policy.movedUntil(session(later))).isEqualTo(later);
  }

  @Test
  void movedUntil_nothingBounds_isTheExpiryOfTheSuccessor() {
    SessionExpiry idle = SessionExpiry.at(CREATED.plus(MINUTE));

    assertThat(new TombstonePolicy(MINUTE, Optional.empty()).movedUntil(session(idle)))
        .isEqualTo(idle);
    assertThat(
            new TombstonePolicy(MINUTE, Optional.of(Duration.ofHours(12)))
                .movedUntil(session(SessionExpiry.never())))
        .isEqualTo(SessionExpiry.never());
  }

  @Test
  void new_endedNotPositive_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TombstonePolicy(Duration.ZERO, Optional.empty()))
        .withMessage("endedTombstone must be positive, was PT0S");
  }
}
