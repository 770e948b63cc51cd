package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.manager.DefaultCacheManager;
import org.infinispan.manager.EmbeddedCacheManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.typedsession.Privilege;
import org.typedsession.Session;
import org.typedsession.SessionEvent;
import org.typedsession.SessionStore;
import org.typedsession.assembly.KeyTags;
import org.typedsession.testing.Logs;
import org.typedsession.testing.StoreInMemory;

/** Several deployments of one server, which keep their sessions in its one cache. */
final class SharedCacheTest {
  record User(@Privilege String name) {
    User() {
      this("");
    }
  }

  record Cart(@Privilege boolean paid, int items) {
    Cart() {
      this(false, 0);
    }
  }

  @Dependent
  static class Shop {
    @Inject SessionStore<User> store;
  }

  @Dependent
  static class ShopWithCart {
    @Inject SessionStore<User> store;
    @Inject Session<Cart> cart;
  }

  private static final User ADMIN = new User("admin");

  private static @Nullable EmbeddedCacheManager container;

  private final ServerNames names =
      new ServerNames().with("java:jboss/infinispan/container/typedsession", container);
  private final Settings settings = Settings.of("store", "infinispan");
  private final Logs logs = new Logs();

  @BeforeAll
  static void startServer() {
    container =
        new DefaultCacheManager(
            new GlobalConfigurationBuilder()
                .nonClusteredDefault()
                .cacheManagerName("shared-cache")
                .build());
  }

  @AfterAll
  static void stopServer() {
    container.stop();
  }

  @BeforeEach
  void noClaimIsLeft() {
    assertThat(claims()).isEmpty();
  }

  @AfterEach
  void close() {
    logs.close();
    settings.close();
    names.close();
    assertThat(claims()).isEmpty();
  }

  private static Set<String> claims() {
    Set<String> claims = new HashSet<>(System.getProperties().stringPropertyNames());
    claims.removeIf(name -> !name.startsWith("org.typedsession."));
    return claims;
  }

  /** An application that the server knows by a name, or that has none. */
  private final class Deployed implements AutoCloseable {
    private final @Nullable String name;
    private final Application application;

    Deployed(@Nullable String name, Class<?>... types) {
      this.name = name;
      this.application = Application.deploy(types);
    }

    private void enter() {
      names.with("java:app/AppName", name).with("java:module/ModuleName", name);
    }

    Browser browse(String virtualServer, String contextPath) {
      enter();
      return application.browse(virtualServer, contextPath);
    }

    SessionStore<User> store() {
      enter();
      return application.get(Shop.class).store;
    }

    String login() {
      return StoreInMemory.cookieValue(store().store(store().create(ADMIN))).reveal();
    }

    User user(String cookie) {
      return store().load(cookie).data();
    }

    @Override
    public void close() {
      application.close();
    }
  }

  private Deployed deploy(@Nullable String name) {
    return new Deployed(name, Shop.class);
  }

  /** Runs what one of several web archives does: one that has not got a class. */
  private static <T> T without(Class<?> hidden, Supplier<T> action) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(
        new ClassLoader(before) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.equals(hidden.getName())) {
              throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
          }
        });
    try {
      return action.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void set(String setting, String value) {
    System.setProperty("typed-session." + setting, value);
  }

  @Test
  void sessions_ofTwoVirtualServers_areNotEachOthers() {
    try (Deployed a = deploy("a")) {
      a.browse("a", "");
      String cookie = a.login();
      try (Deployed b = deploy("b")) {
        b.browse("b", "");

        assertThat(b.user(cookie)).isEqualTo(new User());
        b.store().clear();
        assertThat(a.user(cookie)).isEqualTo(ADMIN);
      }
    }
  }

  @Test
  void keys_inTheCache_beginWithTheTagThatIsLogged() {
    try (Deployed a = deploy("a")) {
      container.getCache("typed-sessions").clear();
      a.browse("a", "/shop");
      a.login();

      String tag = KeyTags.ofContext("a", "/shop", User.class);
      assertThat(container.<String, Object>getCache("typed-sessions").keySet())
          .isNotEmpty()
          .allSatisfy(key -> assertThat(key).startsWith(tag));
      assertThat(logs.infos())
          .filteredOn(text -> text.startsWith("TSESS0016: "))
          .singleElement()
          .asString()
          .contains(
              "namespace a /shop|" + User.class.getName() + " (" + tag + ")",
              "filter typed-session",
              "cookie __Host-session-shop");
    }
  }

  @Test
  void start_namespaceOfAnotherApplication_isRefusedAndLeavesThatAlone() {
    try (Deployed one = deploy("one")) {
      one.browse("default-host", "");
      String cookie = one.login();
      try (Deployed two = deploy("two")) {
        assertThatThrownBy(() -> two.browse("default-host", ""))
            .hasMessageContaining("TSESS0045: ")
            .hasMessageContaining("one/one at default-host /")
            .hasMessageContaining("##")
            .hasMessageContaining("without telling the listeners")
            .hasMessageContaining("typed-session.namespace");
      }

      assertThat(one.user(cookie)).isEqualTo(ADMIN);
      try (Deployed three = deploy("three")) {
        assertThatThrownBy(() -> three.browse("default-host", ""))
            .hasMessageContaining("TSESS0045: ")
            .hasMessageContaining("one/one");
      }
    }
  }

  @Test
  void start_serverWithoutNamesOfApplications_isRefusedToo() {
    try (Deployed one = deploy(null);
        Deployed two = deploy(null)) {
      one.browse("Tomcat/localhost", "");

      assertThatThrownBy(() -> two.browse("Tomcat/localhost", ""))
          .hasMessageContaining("TSESS0045: ")
          .hasMessageContaining("an application at Tomcat/localhost /");
    }
  }

  @Test
  void start_sameApplicationAgainWhileTheOldOneStops_goesOnWithItsSessions() {
    Deployed old = deploy("shop");
    old.browse("default-host", "");
    String cookie = old.login();
    try (Deployed anew = deploy("shop")) {
      anew.browse("default-host", "");
      old.close();

      assertThat(anew.user(cookie)).isEqualTo(ADMIN);
      assertThat(logs.warnings()).isEmpty();
      try (Deployed other = deploy("other")) {
        assertThatThrownBy(() -> other.browse("default-host", ""))
            .hasMessageContaining("TSESS0045: ");
      }
    }
  }

  @Test
  void start_anotherApplicationThatReplacesOneWhoseContextHasEnded_goesOn() {
    try (Deployed old = deploy("shop-1")) {
      old.browse("default-host", "/shop");
      String cookie = old.login();
      old.application.stop("default-host", "/shop");
      try (Deployed anew = deploy("shop-2")) {
        anew.browse("default-host", "/shop");

        assertThat(anew.user(cookie)).isEqualTo(ADMIN);
        assertThat(logs.warnings()).isEmpty();
      }
    }
  }

  @Test
  void start_afterTheOtherHasGone_goesOn() {
    try (Deployed one = deploy("one")) {
      one.browse("default-host", "");
    }
    try (Deployed two = deploy("two")) {
      assertThat(two.browse("default-host", "").bindings()).hasSize(1);
    }
  }

  @Test
  void start_namespaceNamedByBoth_isShared() {
    set("namespace", "both");
    try (Deployed one = deploy("one");
        Deployed two = deploy("two")) {
      one.browse("a", "");
      two.browse("a", "");

      assertThat(two.user(one.login())).isEqualTo(ADMIN);
      assertThat(logs.warnings()).isEmpty();
    }
  }

  @Test
  void start_namespaceNamedLikeTheDefaultOfAnother_isNotItsOwn() {
    try (Deployed one = deploy("one")) {
      one.browse("a", "/shop");
      String cookie = one.login();
      set("namespace", "a /shop");
      try (Deployed two = deploy("two")) {
        two.browse("a", "/other");

        assertThat(two.user(cookie)).isEqualTo(new User());
      }
    }
  }

  @Test
  void start_twoTypesOfOneApplication_areNotInEachOthersWay() {
    try (Deployed one = new Deployed("one", ShopWithCart.class)) {
      assertThat(one.browse("a", "").bindings()).hasSize(2);
      assertThat(one.browse("a", "").bindings()).hasSize(2);
    }
  }

  @ApplicationScoped
  static class Listener {
    private final Queue<SessionEvent> heard = new ConcurrentLinkedQueue<>();

    void created(@Observes SessionEvent.SessionCreated event) {
      heard.add(event);
    }

    Queue<SessionEvent> heard() {
      return heard;
    }
  }

  @Test
  void start_secondWebArchiveOfAContainerFails_leavesTheFirstAloneAndCanBeTriedAgain() {
    try (Deployed ear = new Deployed("ear", Shop.class, ShopWithCart.class, Listener.class)) {
      without(Cart.class, () -> ear.browse("a", "/one"));
      String cookie = without(Cart.class, ear::login);
      Set<String> before = claims();
      try (Deployed other = new Deployed("other", ShopWithCart.class)) {
        without(User.class, () -> other.browse("a", "/two"));

        assertThatThrownBy(() -> without(User.class, () -> ear.browse("a", "/two")))
            .hasMessageContaining("TSESS0045: ");

        assertThat(ear.user(cookie)).isEqualTo(ADMIN);
      }
      assertThat(claims()).isEqualTo(before);
      assertThat(without(User.class, () -> ear.browse("a", "/two")).bindings()).hasSize(1);

      ear.login();
      Awaitility.await()
          .untilAsserted(() -> assertThat(ear.application.get(Listener.class).heard()).hasSize(2));
    }
  }

  @Test
  void start_firstOfAllFails_leavesNoClaimAndCanBeTriedAgain() {
    try (Deployed one = new Deployed("one", Shop.class, Listener.class)) {
      try (Deployed two = deploy("two")) {
        two.browse("a", "");
        assertThatThrownBy(() -> one.browse("a", "")).hasMessageContaining("TSESS0045: ");
      }
      assertThat(claims()).isEmpty();

      one.browse("a", "");

      assertThat(one.user(one.login())).isEqualTo(ADMIN);
      Awaitility.await()
          .untilAsserted(() -> assertThat(one.application.get(Listener.class).heard()).hasSize(1));
    }
  }

  @Test
  void start_outsideOfTheWeb_isOfTheApplicationsName() {
    try (Deployed one = deploy("one")) {
      String cookie = one.login();
      try (Deployed two = deploy("two")) {
        assertThat(two.user(cookie)).isEqualTo(new User());
      }
    }
  }

  @Test
  void start_outsideOfTheWebWithoutAName_isRefused() {
    try (Deployed nameless = deploy(null)) {
      assertThatThrownBy(() -> nameless.login())
          .hasMessageContaining("TSESS0046: ")
          .hasMessageContaining("typed-session.namespace");
    }
  }

  @Test
  void start_outsideOfTheWebWithANamespace_goesOn() {
    set("namespace", "batch");
    try (Deployed nameless = deploy(null)) {
      assertThat(nameless.user(nameless.login())).isEqualTo(ADMIN);
    }
  }

  @Test
  void start_cookieOfAnotherApplication_warnsOfPorts() {
    try (Deployed a = deploy("a");
        Deployed b = deploy("b")) {
      a.browse("a", "");
      b.browse("b", "");

      assertThat(logs.warnings())
          .singleElement()
          .asString()
          .startsWith("TSESS0047: ")
          .contains("__Host-session", "a/a at a /", "b /", "ports", "cookie.name");
    }
  }

  @Test
  void start_inMemoryAtOnePlace_isRefusedNothingAndWarnedOfTheCookie() {
    set("store", "memory");
    try (Deployed one = deploy("one");
        Deployed two = deploy("two")) {
      one.browse("localhost", "");
      two.browse("localhost", "");

      assertThat(two.user(one.login())).isEqualTo(new User());
      assertThat(logs.warnings()).singleElement().asString().startsWith("TSESS0047: ");
    }
  }

  @Test
  void start_cookiesOfOtherPaths_areNotWarnedOf() {
    try (Deployed a = deploy("a");
        Deployed b = deploy("b")) {
      a.browse("a", "/a");
      b.browse("a", "/b");

      assertThat(logs.warnings()).isEmpty();
    }
  }

  @Test
  void start_cookieNamed_isNotWarnedOf() {
    set("cookie.name", "__Host-mine");
    try (Deployed a = deploy("a");
        Deployed b = deploy("b")) {
      a.browse("a", "");
      b.browse("b", "");

      assertThat(logs.warnings()).isEmpty();
    }
  }
}
