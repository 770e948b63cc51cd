package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SessionIdTest {
  private static final String HASH =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  @Test
  void fromStored_whatStoredGave_isEqual() {
    SessionId id = SessionId.of("-_Z", HASH);

    assertThat(id.stored()).isEqualTo("-_Z" + HASH).hasSize(SessionId.LENGTH);
    assertThat(SessionId.fromStored(id.stored())).contains(id);
    assertThat(id).hasSameHashCodeAs(SessionId.of("-_Z", HASH));
    assertThat(id).isNotEqualTo(SessionId.of("-_Y", HASH));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "AAA",
        "AAA0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
        "AAA0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
        "AAA0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
        "A.A0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "AAA0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg"
      })
  void fromStored_anotherForm_isNothing(String stored) {
    assertThat(SessionId.fromStored(stored)).isEmpty();
  }

  @Test
  void of_nonceAndHashThatOnlyTogetherHaveTheLength_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> SessionId.of("AA", HASH));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SessionId.of("AAAA", HASH.substring(0, 63)));
    assertThatIllegalArgumentException().isThrownBy(() -> SessionId.of("AA", HASH + "0"));
  }

  @Test
  void toString_always_isTheBeginningOfTheHash() {
    assertThat(SessionId.of("AAA", HASH)).hasToString("01234567");
  }
}
