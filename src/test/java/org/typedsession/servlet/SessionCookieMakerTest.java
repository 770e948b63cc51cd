package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionCookieConfiguration.SameSite;

final class SessionCookieMakerTest {
  private static final SessionCookieSettings OF_THE_BROWSER =
      new SessionCookieSettings(
          SessionCookieConfiguration.builder()
              .name("__Host-session")
              .sameSite(SameSite.STRICT)
              .build(),
          false);
  private static final SessionCookieSettings PERSISTENT =
      new SessionCookieSettings(
          SessionCookieConfiguration.builder()
              .name("session")
              .path("/app")
              .domain("a.example")
              .sameSite(SameSite.NONE)
              .partitioned(true)
              .build(),
          true);

  @Test
  void set_aCookieOfTheBrowsersSession_hasNoMaxAge() {
    Cookie cookie =
        SessionCookieMaker.set(OF_THE_BROWSER, "secret", Optional.of(Duration.ofMinutes(30)));

    assertThat(cookie.getMaxAge()).isEqualTo(-1);
    assertThat(cookie.getValue()).isEqualTo("secret");
    assertThat(cookie.getPath()).isEqualTo("/");
    assertThat(cookie.getDomain()).isNull();
    assertThat(cookie.getSecure()).isTrue();
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getAttribute("SameSite")).isEqualTo("Strict");
    assertThat(cookie.getAttribute("Partitioned")).isNull();
  }

  @Test
  void set_aPersistentCookie_doesNotOutliveTheSession() {
    assertThat(maxAge(Optional.of(Duration.ofMillis(1_999)))).isEqualTo(1);
    assertThat(maxAge(Optional.of(Duration.ofMillis(999)))).isZero();
  }

  @Test
  void set_aPersistentCookieOfALongSession_livesAsLongAsBrowsersAllow() {
    int days400 = 400 * 24 * 60 * 60;

    assertThat(maxAge(Optional.empty())).isEqualTo(days400);
    assertThat(maxAge(Optional.of(Duration.ofDays(100_000)))).isEqualTo(days400);
  }

  @Test
  void removal_ofACookie_mirrorsItsAttributes() {
    Cookie set = SessionCookieMaker.set(PERSISTENT, "secret", Optional.empty());
    Cookie removal = SessionCookieMaker.removal(PERSISTENT);

    assertThat(removal.getMaxAge()).isZero();
    assertThat(removal.getValue()).isEmpty();
    assertThat(removal.getName()).isEqualTo(set.getName());
    assertThat(removal.getAttributes())
        .containsEntry("Partitioned", "")
        .containsEntry("SameSite", "None");
    removal.setMaxAge(set.getMaxAge());
    assertThat(removal.getAttributes()).isEqualTo(set.getAttributes());
  }

  private static int maxAge(Optional<Duration> timeToLive) {
    return SessionCookieMaker.set(PERSISTENT, "secret", timeToLive).getMaxAge();
  }
}
