package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionCookieConfiguration.SameSite;
import org.typedsession.SessionCookieValue;

final class SessionCookieSettingsTest {
  @Test
  void settings_ofTheDefaultCookie_areAccepted() {
    assertThat(cookie("__Host-session", "/", null, true).name()).isEqualTo("__Host-session");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a=b", "a;b", "a,b", "ä", "a\n"})
  void name_thatIsNoToken_isRefused(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> cookie(name, "/", null, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"__Host-session", "__HOST-session", "__host-session"})
  void hostPrefix_inAnyCase_requiresSecureRootPathAndNoDomain(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> cookie(name, "/", null, false));
    assertThatIllegalArgumentException().isThrownBy(() -> cookie(name, "/app", null, true));
    assertThatIllegalArgumentException().isThrownBy(() -> cookie(name, "/", "a.example", true));
  }

  @Test
  void name_thatMakesTheCookieTooLongForBrowsers_isRefused() {
    int value = SessionCookieValue.LENGTH;
    String longest = "n".repeat(4096 - value);

    assertThat(cookie(longest, "/", null, true).name()).isEqualTo(longest);
    assertThatIllegalArgumentException().isThrownBy(() -> cookie(longest + "n", "/", null, true));
  }

  @Test
  void securePrefix_withoutSecure_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> cookie("__Secure-session", "/", null, false));
    assertThat(cookie("__Secure-session", "/app", "a.example", true).name())
        .isEqualTo("__Secure-session");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "app", "/a;b", "/a\r\n", "/a b", "/a=b", "/a,b", "/a:b"})
  void path_thatCouldNotBeSent_isRefused(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> cookie("session", path, null, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".a.example", "a.example.", "a..example", "-a.example", "a;b", "ä.de"})
  void domain_thatContainersWouldRefuseAtRunTime_isRefused(String domain) {
    assertThatIllegalArgumentException().isThrownBy(() -> cookie("session", "/", domain, true));
  }

  @Test
  void sameSiteNone_withoutSecure_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new SessionCookieSettings(
                    SessionCookieConfiguration.builder()
                        .name("session")
                        .secure(false)
                        .sameSite(SameSite.NONE)
                        .build(),
                    false));
  }

  @Test
  void partitioned_withoutSecure_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new SessionCookieSettings(
                    SessionCookieConfiguration.builder()
                        .name("session")
                        .secure(false)
                        .partitioned(true)
                        .build(),
                    false));
  }

  private static SessionCookieSettings cookie(
      String name, String path, @Nullable String domain, boolean secure) {
    return new SessionCookieSettings(
        SessionCookieConfiguration.builder()
            .name(name)
            .path(path)
            .domain(Optional.ofNullable(domain))
            .secure(secure)
            .build(),
        false);
  }
}
