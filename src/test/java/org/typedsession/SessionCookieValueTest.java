package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SessionCookieValueTest {
  private static final String SECRET = "abcdefghijklmnopqrstuvwxyzABC-_9";
  private static final String ALPHABET =
      "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
  private static final String VALUE = "Az0" + SECRET;

  @Test
  void parse_wellFormed_givesItBackAndItsId() {
    SessionCookieValue value = SessionCookieValue.parse(VALUE).orElseThrow();

    assertThat(value.reveal()).isEqualTo(VALUE);
    // The SHA-256 of the 32 characters, computed elsewhere.
    assertThat(value.id().stored())
        .isEqualTo("Az0e671eb25949652dec8c1388616c5078c31967eb8aac12c2c5a615e7a1c0ff1e2");
    assertThat(value).isEqualTo(new SessionCookieValue.Secret(SECRET).behind("Az0"));
    assertThat(value).hasSameHashCodeAs(new SessionCookieValue.Secret(SECRET).behind("Az0"));
  }

  @Test
  void parse_everyOtherCharacter_isRefused() {
    StringBuilder inNonce = new StringBuilder();
    StringBuilder inSecret = new StringBuilder();
    for (int c = 0; c <= 0xFFFF; c++) {
      if (SessionCookieValue.parse((char) c + VALUE.substring(1)).isPresent()) {
        inNonce.append((char) c);
      }
      if (SessionCookieValue.parse(VALUE.substring(1) + (char) c).isPresent()) {
        inSecret.append((char) c);
      }
    }

    assertThat(inNonce).hasToString(ALPHABET);
    assertThat(inSecret).hasToString(ALPHABET);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 32, 34, 36, 70, 10_000})
  void parse_otherLength_isRefused(int length) {
    assertThat(SessionCookieValue.parse("a".repeat(length))).isEmpty();
  }

  @Test
  void id_otherNonceOfOneSecret_isAnotherId() {
    SessionCookieValue.Secret secret = new SessionCookieValue.Secret(SECRET);

    assertThat(secret.behind("aaa").id()).isNotEqualTo(secret.behind("aab").id());
    assertThat(secret.behind("aaa").id()).isEqualTo(SessionId.of("aaa", secret.hash()));
    assertThat(secret.behind("aaa")).isNotEqualTo(secret.behind("aab"));
  }

  @Test
  void nonce_allNumbers_areDifferentAndWellFormed() {
    Set<String> nonces =
        IntStream.range(0, SessionCookieValue.NONCES)
            .mapToObj(SessionCookieValue::nonce)
            .collect(Collectors.toSet());

    assertThat(nonces).hasSize(SessionCookieValue.NONCES).allMatch(n -> n.matches("[\\w-]{3}"));
    assertThat(new SessionCookieValue.Secret(SECRET).behind(4711))
        .isEqualTo(new SessionCookieValue.Secret(SECRET).behind(SessionCookieValue.nonce(4711)));
  }

  @Test
  void putNonce_elsewhere_leavesTheRest() {
    byte[] target = "12345".getBytes(StandardCharsets.US_ASCII);

    SessionCookieValue.putNonce(4711, target, 1);

    assertThat(new String(target, StandardCharsets.US_ASCII))
        .isEqualTo("1" + SessionCookieValue.nonce(4711) + "5");
  }

  @Test
  void toString_always_hidesTheSecret() {
    SessionCookieValue.Secret secret = new SessionCookieValue.Secret(SECRET);

    assertThat(secret.toString()).doesNotContain(SECRET.substring(0, 4));
    assertThat(secret.behind("Az0").toString())
        .doesNotContain(SECRET.substring(0, 4))
        .contains(secret.behind("Az0").id().toString());
    assertThat(new SessionCookieCommand.Set(secret.behind("Az0"), SessionExpiry.never()).toString())
        .doesNotContain(SECRET.substring(0, 4));
  }

  @Test
  void secret_badCharacters_areRefusedAndNotRepeated() {
    String bad = SECRET.substring(1) + "!";

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionCookieValue.Secret(bad))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(bad.substring(0, 4)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionCookieValue.Secret(SECRET).behind("a!b"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionCookieValue.Secret(SECRET).behind("ab"));
  }
}
