package org.typedsession.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionId;
import org.typedsession.testkit.SequentialCookieGenerator;

final class PrincipalRecordTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final SessionExpiry LATER = SessionExpiry.at(NOW.plusSeconds(60));

  private static SessionHandle handle(long number) {
    return new SessionHandle(0, number);
  }

  private static PrincipalRecord of(int sessions) {
    PrincipalRecord principal = PrincipalRecord.NONE;
    for (int i = 1; i <= sessions; i++) {
      principal = principal.admit(handle(i), SequentialCookieGenerator.id(i), NOW, LATER);
    }
    return principal;
  }

  @Test
  void admit_session_isAdmittedUnderItsNumberAndHandleOnly() {
    PrincipalRecord principal = of(2);

    assertThat(principal.lastAdmission()).isEqualTo(2);
    assertThat(principal.admits(1, handle(1))).isTrue();
    assertThat(principal.admits(2, handle(1))).isFalse();
    assertThat(principal.admits(1, handle(2))).isFalse();
    assertThat(principal.admits(3, handle(3))).isFalse();
  }

  @Test
  void admit_moreThanAreListed_keepsTheFirstOnesAlive() {
    PrincipalRecord principal = of(PrincipalRecord.MOST_LISTED + 2);

    assertThat(principal.members()).hasSize(PrincipalRecord.MOST_LISTED);
    assertThat(principal.lists(2, handle(2))).isFalse();
    assertThat(principal.admits(2, handle(2))).isTrue();
    assertThat(principal.lists(3, handle(3))).isTrue();
  }

  @Test
  void admit_moreThanAreListed_keepsTheOneThatAnEndOfAllOthersLeft() {
    PrincipalRecord principal = of(3).endAll(member -> member.handle().equals(handle(2)));
    for (int i = 4; i <= PrincipalRecord.MOST_LISTED + 4; i++) {
      principal = principal.admit(handle(i), SequentialCookieGenerator.id(i), NOW, LATER);
    }

    assertThat(principal.members()).hasSize(PrincipalRecord.MOST_LISTED);
    assertThat(principal.admits(2, handle(2))).isTrue();
    assertThat(principal.lists(4, handle(4))).isFalse();
    assertThat(principal.admits(4, handle(4))).isTrue();
    assertThat(principal.admits(1, handle(1))).isFalse();
    assertThat(principal.admits(3, handle(3))).isFalse();
  }

  @Test
  void endAll_listedAndUnlisted_admitsNoneOfThem() {
    PrincipalRecord ended = of(PrincipalRecord.MOST_LISTED + 2).endAll(member -> false);

    for (int i = 1; i <= PrincipalRecord.MOST_LISTED + 2; i++) {
      assertThat(ended.admits(i, handle(i))).as("session %d", i).isFalse();
    }
    assertThat(ended.admit(handle(999), SequentialCookieGenerator.id(1), NOW, LATER))
        .matches(next -> next.admits(next.lastAdmission(), handle(999)));
  }

  @Test
  void endAll_butOne_admitsThatOne() {
    PrincipalRecord ended = of(3).endAll(member -> member.handle().equals(handle(2)));

    assertThat(ended.admits(1, handle(1))).isFalse();
    assertThat(ended.admits(2, handle(2))).isTrue();
    assertThat(ended.admits(3, handle(3))).isFalse();
  }

  @Test
  void keptUntil_longestOfAllThatWereEverLetIn() {
    SessionExpiry longest = SessionExpiry.at(NOW.plusSeconds(120));
    PrincipalRecord principal =
        PrincipalRecord.NONE
            .admit(handle(1), SequentialCookieGenerator.id(1), NOW, longest)
            .admit(handle(2), SequentialCookieGenerator.id(2), NOW, LATER)
            .without(1, handle(1));

    assertThat(principal.keptUntil()).isEqualTo(longest);
    assertThat(
            principal
                .admit(handle(3), SequentialCookieGenerator.id(3), NOW, SessionExpiry.never())
                .keptUntil())
        .isEqualTo(SessionExpiry.never());
  }

  @Test
  void pruned_sessionsThatCannotLiveAnyMore_areGone() {
    assertThat(of(2).pruned(NOW.plusSeconds(60)).members()).isEmpty();
    assertThat(of(2).pruned(NOW.plusSeconds(59)).members()).hasSize(2);
  }

  @Test
  void withId_sessionThatWasEnded_isEmpty() {
    PrincipalRecord principal = of(2);
    SessionId id = SequentialCookieGenerator.id(77);

    assertThat(principal.withId(1, handle(1), id).orElseThrow().members().get(0).id())
        .isEqualTo(id);
    assertThat(principal.without(1, handle(1)).withId(1, handle(1), id)).isEmpty();
  }

  @Test
  void toString_namesNoSession() {
    assertThat(of(2).toString()).doesNotContain(handle(1).toString());
  }
}
