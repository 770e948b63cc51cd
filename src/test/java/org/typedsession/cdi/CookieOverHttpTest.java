package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.Privilege;
import org.typedsession.Session;
import org.typedsession.testing.Logs;

/** Cookies that arrive by another scheme than they are meant for. */
final class CookieOverHttpTest {
  record Cart(@Privilege String user, int items) {
    Cart() {
      this("guest", 0);
    }

    Cart plusOne() {
      return new Cart(user, items + 1);
    }
  }

  @Dependent
  static class Shop {
    @Inject Session<Cart> session;
  }

  private static void add(Application application, Browser browser) {
    assertThat(browser.request(() -> application.get(Shop.class).session.update(Cart::plusOne)))
        .isEqualTo(200);
  }

  private static int items(Application application, Browser browser) {
    int[] items = new int[1];
    browser.request(() -> items[0] = application.get(Shop.class).session.data().items());
    return items[0];
  }

  @Test
  void secureCookie_overHttpIfIgnored_isNoCookieAndGoesOnByHttps() {
    try (Settings settings = Settings.of("cookie.over-http", "ignore");
        Application application = Application.deploy(Shop.class)) {
      Browser browser = application.browse("").byHttps(true);
      add(application, browser);

      assertThat(items(application, browser.byHttps(false))).isZero();
      browser.request(() -> application.get(Shop.class).session.delete());
      assertThat(items(application, browser.byHttps(true))).isEqualTo(1);
    }
  }

  @Test
  void secureCookie_overHttpByDefault_isAccepted() {
    try (Application application = Application.deploy(Shop.class)) {
      Browser browser = application.browse("").byHttps(true);
      add(application, browser);

      assertThat(items(application, browser.byHttps(false))).isEqualTo(1);
    }
  }

  /** Settings of a WAR and of a developer's server come together. */
  @Test
  void insecureCookie_overHttpIfIgnored_isAcceptedAllTheSame() {
    try (Settings settings = Settings.of("cookie.over-http", "ignore", "cookie.secure", "false");
        Application application = Application.deploy(Shop.class)) {
      Browser browser = application.browse("");
      add(application, browser);

      assertThat(items(application, browser)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, true, 1", "false, false, 0", "true, true, 0"})
  void cookie_insecureByHttps_isWarnedOfOnceAMinute(String secure, boolean https, int lines) {
    try (Settings settings = Settings.of("cookie.secure", secure);
        Application application = Application.deploy(Shop.class);
        Logs logs = new Logs()) {
      Browser browser = application.browse("").byHttps(https);
      add(application, browser);
      add(application, browser);

      List<String> warnings =
          logs.warnings().stream().filter(line -> line.startsWith("TSESS0155")).toList();
      assertThat(warnings).hasSize(lines);
      assertThat(warnings).allMatch(line -> line.contains("session cookie session "));
    }
  }
}
