package org.typedsession;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SessionHandleTest {
  @Test
  void parse_whatToStringGave_isEqual() {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      SessionHandle handle = SessionHandle.random(random);
      assertThat(SessionHandle.parse(handle.toString())).contains(handle);
    }
    assertThat(new SessionHandle(1, -1)).hasToString("0000000000000001ffffffffffffffff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0000000000000001fffffffffffffff",
        "0000000000000001fffffffffffffffff",
        "0000000000000001ffffffffffffffg ",
        "-000000000000001ffffffffffffffff",
        "\u0661000000000000001ffffffffffffffff"
      })
  void parse_anythingElse_isNothing(String text) {
    assertThat(SessionHandle.parse(text)).isEmpty();
  }
}
