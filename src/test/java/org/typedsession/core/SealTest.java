package org.typedsession.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCodecException;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionHandle;
import org.typedsession.spi.Placement;
import org.typedsession.testkit.Seed;

final class SealTest {
  private static final SessionHandle HANDLE = new SessionHandle(1, 2);
  private static final byte[] DATA = "what nobody may read".getBytes(StandardCharsets.UTF_8);

  private final Random random = Seed.random();
  private final Seal seal = new Seal(random);
  private final SessionCookieValue cookie =
      new RandomSessionCookieGenerator(random).next(Placement.ANYWHERE);
  private final SessionCookieValue another =
      new RandomSessionCookieGenerator(random).next(Placement.ANYWHERE);

  @Test
  void open_whatWasClosed_givesItBack() {
    byte[] sealed = seal.close(cookie, HANDLE, DATA);

    assertThat(seal.open(cookie, HANDLE, sealed)).isEqualTo(DATA);
    assertThat(Seal.isSealed(sealed)).isTrue();
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("nobody");
  }

  @Test
  void close_sameDataTwice_looksDifferent() {
    assertThat(seal.close(cookie, HANDLE, DATA)).isNotEqualTo(seal.close(cookie, HANDLE, DATA));
  }

  @Test
  void open_byAnotherCookieOrHandle_isRefused() {
    byte[] sealed = seal.close(cookie, HANDLE, DATA);

    assertRefused(another, HANDLE, sealed);
    assertRefused(cookie, new SessionHandle(2, 1), sealed);
  }

  @Test
  void open_bySameSecretBehindAnotherNonce_isRefused() {
    String value = cookie.reveal();
    String nonce = value.startsWith("abc") ? "abd" : "abc";
    SessionCookieValue moved =
        SessionCookieValue.parse(nonce + cookie.revealSecret()).orElseThrow();

    assertRefused(moved, HANDLE, seal.close(cookie, HANDLE, DATA));
  }

  @Test
  void open_alteredAnywhere_isRefused() {
    byte[] sealed = seal.close(cookie, HANDLE, DATA);

    for (int i = 0; i < sealed.length; i++) {
      byte[] altered = sealed.clone();
      altered[i] ^= 1;
      assertRefused(cookie, HANDLE, altered);
    }
  }

  @Test
  void open_cutAnywhere_isRefused() {
    byte[] sealed = seal.close(cookie, HANDLE, DATA);

    for (int length = 0; length < sealed.length; length++) {
      assertRefused(cookie, HANDLE, Arrays.copyOf(sealed, length));
    }
    assertRefused(cookie, HANDLE, Arrays.copyOf(sealed, sealed.length + 1));
    assertRefused(cookie, HANDLE, DATA);
  }

  @Test
  void close_anyLength_addsTheOverhead() {
    for (int length : new int[] {0, 1, 15, 16, 17, 10_000}) {
      byte[] sealed = seal.close(cookie, HANDLE, new byte[length]);

      assertThat(sealed).hasSize(length + Seal.OVERHEAD);
      assertThat(seal.open(cookie, HANDLE, sealed)).isEqualTo(new byte[length]);
    }
  }

  private void assertRefused(SessionCookieValue by, SessionHandle handle, byte[] sealed) {
    assertThatExceptionOfType(SessionCodecException.class)
        .isThrownBy(() -> seal.open(by, handle, sealed))
        .withMessageNotContaining(by.revealSecret());
  }

  /** RFC 5869, test case 1, as far as one block goes. */
  @Test
  void hkdf_testCaseOfTheStandard_givesItsKey() throws Exception {
    HexFormat hex = HexFormat.of();

    assertThat(
            Seal.hkdf(
                hex.parseHex("000102030405060708090a0b0c"),
                hex.parseHex("0b".repeat(22)),
                hex.parseHex("f0f1f2f3f4f5f6f7f8f9")))
        .isEqualTo(
            hex.parseHex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
  }
}
