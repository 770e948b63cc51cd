package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.Privilege;
import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionStore;
import org.typedsession.servlet.SessionBinding;
import org.typedsession.servlet.SessionCookieSettings;
import org.typedsession.testing.Logs;
import org.typedsession.testing.StoreInMemory;

/** What an application says and refuses when its stores start, and under which names they do. */
final class StartTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  record User(@Privilege String name) {
    User() {
      this("");
    }
  }

  @Dependent
  static class OfCart {
    @Inject SessionStore<Cart> store;
  }

  @Dependent
  static class OfUser {
    @Inject Session<User> session;
  }

  static final class Other {
    record Cart(int items) {
      Cart() {
        this(0);
      }
    }
  }

  @Dependent
  static class OfOtherCart {
    @Inject SessionStore<Other.Cart> store;
  }

  private static List<String> cookies(String contextPath, Class<?>... classes) {
    try (Application application = Application.deploy(classes)) {
      return application.browse(contextPath).bindings().stream()
          .map(binding -> binding.cookie().name())
          .toList();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', __Host-session",
    "/shop, __Host-session-shop",
    "/shop-1, __Host-session-shop-1",
    "/shop/admin, __Host-session-shop#admin",
    "/shop.v1, __Host-session-shop%2Ev1",
    "/sh%20op, __Host-session-sh%20op",
    "/käse, __Host-session-k%C3%A4se",
  })
  void cookieName_oneType_namesTheContextPath(String contextPath, String expected) {
    assertThat(cookies(contextPath, OfCart.class)).containsExactly(expected);
  }

  @Test
  void cookie_nothingSaid_isSecureHostOnlyLaxAndOfTheBrowsersSession() {
    try (Application application = Application.deploy(OfCart.class)) {
      assertThat(application.browse("").bindings())
          .singleElement()
          .extracting(SessionBinding::cookie)
          .isEqualTo(
              new SessionCookieSettings(
                  SessionCookieConfiguration.builder().name("__Host-session").build(), false));
    }
  }

  @Test
  void cookieName_severalTypes_namesTheType() {
    assertThat(cookies("", OfCart.class, OfUser.class))
        .containsExactly("__Host-session.cart", "__Host-session.user");
    assertThat(cookies("/shop", OfCart.class, OfUser.class))
        .containsExactly("__Host-session-shop.cart", "__Host-session-shop.user");
  }

  @Test
  void cookieName_twoTypesOfOneSimpleName_namesTheFullNames() {
    assertThat(cookies("", OfCart.class, OfOtherCart.class))
        .containsExactly(
            "__Host-session.org%2Etypedsession%2Ecdi%2Estarttest%24cart",
            "__Host-session.org%2Etypedsession%2Ecdi%2Estarttest%24other%24cart");
  }

  @Test
  void cookieName_ofTheTypes_isWhatIsSet() {
    try (Settings settings =
        Settings.of("Cart.cookie.name", "__Host-c", "cookie.name", "__Host-x")) {
      assertThat(cookies("/shop", OfCart.class, OfUser.class))
          .containsExactly("__Host-c", "__Host-x");
    }
  }

  @Test
  void cookieName_sharedByTwoTypes_isRefused() {
    try (Settings settings = Settings.of("cookie.name", "__Host-x")) {
      assertThatThrownBy(() -> cookies("", OfCart.class, OfUser.class))
          .hasMessageContaining("TSESS0038: ")
          .hasMessageContaining("__Host-x");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "cookie.path, /shop, __Secure-",
    "cookie.domain, acme.com, forbids a domain",
    "cookie.domain, 'ac me', host name",
    "cookie.name, 'a b', token",
  })
  void cookie_brokenRuleOfBrowsers_isRefused(String setting, String value, String reason) {
    try (Settings settings = Settings.of(setting, value)) {
      assertThatThrownBy(() -> cookies("", OfCart.class))
          .hasMessageContaining("TSESS0037: ")
          .hasMessageContaining(reason);
    }
  }

  @Test
  void cookie_insecureWithSameSiteNone_isRefused() {
    try (Settings settings = Settings.of("cookie.secure", "false", "cookie.same-site", "none")) {
      assertThatThrownBy(() -> cookies("", OfCart.class)).hasMessageContaining("TSESS0037: ");
    }
  }

  @Test
  void cookie_insecure_losesThePrefixAndWarns() {
    try (Settings settings = Settings.of("cookie.secure", "false");
        Logs logs = new Logs()) {
      assertThat(cookies("", OfCart.class)).containsExactly("session");
      assertThat(logs.warnings())
          .filteredOn(text -> text.contains("TSESS0039"))
          .singleElement()
          .asString()
          .contains(Cart.class.getName());
    }
  }

  @Test
  void privilege_notDeclared_warnsOncePerType() {
    try (Logs logs = new Logs()) {
      cookies("", OfCart.class, OfUser.class);

      assertThat(logs.warnings())
          .singleElement()
          .asString()
          .contains("TSESS0013", Cart.class.getName(), "@Privilege");
    }
  }

  @Test
  void rotations_thatRunOutForWantOfAPrivilegeAndALifetime_warnOncePerType() {
    try (Settings settings = Settings.of("absolute-lifetime", "never");
        Logs logs = new Logs()) {
      cookies("", OfCart.class, OfUser.class);

      assertThat(logs.warnings())
          .filteredOn(text -> text.startsWith("TSESS0048: "))
          .singleElement()
          .asString()
          .contains(Cart.class.getName(), "10000", "typed-session.maximum-rotations");
    }
  }

  @Test
  void rotations_withoutALimit_areNotWarnedOf() {
    try (Settings settings =
            Settings.of("absolute-lifetime", "never", "maximum-rotations", "unlimited");
        Logs logs = new Logs()) {
      cookies("", OfCart.class);

      assertThat(logs.warnings()).noneMatch(text -> text.startsWith("TSESS0048: "));
    }
  }

  @Test
  void start_eachType_tellsBackEndThenNamespaceFilterAndCookieInOneLine() {
    try (Logs logs = new Logs();
        Application application = Application.deploy(OfUser.class)) {
      application.browse("/shop");
      application.browse("/shop");

      assertThat(logs.infos())
          .satisfiesExactly(
              text ->
                  assertThat(text)
                      .startsWith("TSESS0014: sessions of " + User.class.getName())
                      .contains("memory", "namespace localhost /shop|" + User.class.getName()),
              text ->
                  assertThat(text)
                      .startsWith("TSESS0016: sessions of " + User.class.getName())
                      .contains(
                          "namespace localhost /shop|" + User.class.getName(),
                          "filter typed-session",
                          "cookie __Host-session-shop"));
    }
  }

  @Test
  void start_namespaceSet_isInPlaceOfTheContextPath() {
    try (Settings settings = Settings.of("namespace", "blue-green");
        Logs logs = new Logs();
        Application application = Application.deploy(OfUser.class)) {
      application.browse("/shop");

      assertThat(logs.infos())
          .anySatisfy(text -> assertThat(text).contains("blue-green|" + User.class.getName()));
    }
  }

  @Test
  void sealed_ofOneType_isSaidAndKeepsItsSessions() {
    try (Settings settings = Settings.of("Cart.sealed", "true");
        Logs logs = new Logs();
        Application application = Application.deploy(OfCart.class, OfUser.class)) {
      SessionStore<Cart> store = application.get(OfCart.class).store;
      SessionCookieCommand command = store.store(store.create(new Cart(3)));

      assertThat(store.load(StoreInMemory.cookieValue(command).reveal()).data())
          .isEqualTo(new Cart(3));
      assertThat(logs.infos())
          .anySatisfy(
              text -> assertThat(text).contains(Cart.class.getName()).endsWith("as json, sealed"))
          .anySatisfy(text -> assertThat(text).contains(User.class.getName()).endsWith("as json"));
    }
  }

  @Test
  void start_usedBeforeTheFilter_isRefused() {
    try (Application application = Application.deploy(OfCart.class)) {
      application.get(OfCart.class).store.create();

      assertThatThrownBy(() -> application.browse("/shop"))
          .hasMessageContaining("TSESS0040: ")
          .hasMessageContaining("default")
          .hasMessageContaining("/shop")
          .hasMessageContaining("typed-session.namespace");
    }
  }

  @Test
  void start_usedBeforeTheFilterWithNamespace_goesOn() {
    try (Settings settings = Settings.of("namespace", "shop");
        Application application = Application.deploy(OfCart.class)) {
      SessionStore<Cart> store = application.get(OfCart.class).store;
      store.create();

      assertThat(application.browse("/shop").cookieNames()).isEmpty();
      assertThat(application.browse("/shop").bindings()).hasSize(1);
    }
  }

  @Test
  void start_twoContextPathsInOneContainer_isRefused() {
    try (Application application = Application.deploy(OfCart.class)) {
      application.browse("/a");

      assertThatThrownBy(() -> application.browse("/b"))
          .hasMessageContaining("TSESS0040: ")
          .hasMessageContaining("/a");
    }
  }

  @Test
  void start_twoContextPathsWithNamespace_shareSessionsAndCookie() {
    try (Settings settings = Settings.of("namespace", "both");
        Application application = Application.deploy(OfCart.class)) {
      assertThat(application.browse("/a").bindings())
          .isEqualTo(application.browse("/b").bindings());
    }
  }
}
