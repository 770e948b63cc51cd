package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStore;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.config.ConfigurationSources;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.testing.Logs;

/** Where the configuration of an application comes from. */
final class ConfigurationTest {
  @TempDir Path directory;
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  record Visits(int count) {
    Visits() {
      this(0);
    }
  }

  @Dependent
  static class Shop {
    @Inject SessionStore<Cart> cart;
    @Inject SessionStore<Visits> visits;
  }

  @AfterEach
  void forgetTheApplication() {
    Thread.currentThread().setContextClassLoader(before);
  }

  /** An application with that file in its archive, which its class loader can see. */
  private void file(String content) throws IOException {
    Path file = directory.resolve(ConfigurationSources.FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    Thread.currentThread()
        .setContextClassLoader(new URLClassLoader(new URL[] {directory.toUri().toURL()}, before));
  }

  private static Optional<Duration> cartLives(Class<?>... more) {
    return lives(Application.deploy(with(more)), shop -> shop.cart);
  }

  private static Optional<Duration> visitsLive(Class<?>... more) {
    return lives(Application.deploy(with(more)), shop -> shop.visits);
  }

  private static Class<?>[] with(Class<?>... more) {
    Class<?>[] all = Arrays.copyOf(more, more.length + 1);
    all[more.length] = Shop.class;
    return all;
  }

  // Rounded: the clock goes on meanwhile.
  private static Optional<Duration> lives(
      Application application, Function<Shop, SessionStore<?>> store) {
    try (application) {
      return store
          .apply(application.get(Shop.class))
          .create()
          .timeToLive()
          .map(left -> Duration.ofMinutes((left.toSeconds() + 30) / 60));
    }
  }

  @Dependent
  static class Bean {
    @Produces
    TypedSessionConfiguration configuration() {
      return living(Duration.ofMinutes(100));
    }
  }

  @Dependent
  static class CartBean {
    @Produces
    @Named("Cart")
    TypedSessionConfiguration configuration() {
      return living(Duration.ofMinutes(200));
    }
  }

  private static TypedSessionConfiguration living(Duration timeToLive) {
    return TypedSessionConfiguration.builder()
        .policy(SessionPolicy.builder().timeToLive(timeToLive).build())
        .build();
  }

  @Test
  void default_nothingSaid_holds() {
    assertThat(cartLives()).contains(Duration.ofMinutes(30));
  }

  @Test
  void file_onTheClassPathOfTheApplication_isRead() throws IOException {
    file("typed-session.time-to-live=PT50M");

    assertThat(cartLives()).contains(Duration.ofMinutes(50));
  }

  @Test
  void systemProperty_andFile_winsOverTheFile() throws IOException {
    file("typed-session.time-to-live=PT50M");

    try (Settings settings = Settings.of("time-to-live", "PT60M");
        MicroProfile microProfile = MicroProfile.absent()) {
      assertThat(cartLives()).contains(Duration.ofMinutes(60));
    }
  }

  @Test
  void microProfile_andSystemProperty_winsOverTheSystemProperty() {
    try (Settings settings = Settings.of("time-to-live", "PT60M");
        MicroProfile microProfile = MicroProfile.of("typed-session.time-to-live", "PT70M")) {
      assertThat(cartLives()).contains(Duration.ofMinutes(70));
    }
  }

  @Test
  void microProfile_wrongValue_isReportedWithItsSource() {
    try (MicroProfile microProfile = MicroProfile.of("typed-session.time-to-live", "soon")) {
      assertThatThrownBy(() -> cartLives())
          .hasMessageContaining("TSESS0030: typed-session.time-to-live=soon (MicroProfile Config,")
          .hasMessageContaining("[source=test]");
    }
  }

  @Test
  void microProfile_apiWithoutProvider_isLeftOut() {
    try (MicroProfile microProfile = MicroProfile.absent()) {
      assertThat(cartLives()).contains(Duration.ofMinutes(30));
    }
  }

  @Test
  void bean_andSettings_winsAndSaysSo() {
    try (Settings settings = Settings.of("time-to-live", "PT60M");
        Logs logs = new Logs()) {
      assertThat(cartLives(Bean.class)).contains(Duration.ofMinutes(100));
      assertThat(logs.warnings()).anySatisfy(text -> assertThat(text).contains("TSESS0036"));
    }
  }

  @Test
  void bean_namedLikeAType_isForThatTypeOnly() {
    try (Settings settings = Settings.of("time-to-live", "PT60M")) {
      assertThat(cartLives(CartBean.class)).contains(Duration.ofMinutes(200));
      assertThat(visitsLive(CartBean.class)).contains(Duration.ofMinutes(60));
    }
  }

  @Test
  void bean_namedAndUnnamed_eachHasItsTypes() {
    assertThat(cartLives(CartBean.class, Bean.class)).contains(Duration.ofMinutes(200));
    assertThat(visitsLive(CartBean.class, Bean.class)).contains(Duration.ofMinutes(100));
  }

  @Dependent
  static class MisnamedBean {
    @Produces
    @Named("Crat")
    TypedSessionConfiguration configuration() {
      return TypedSessionConfiguration.DEFAULT;
    }
  }

  @Test
  void bean_namedLikeNoType_isRefused() {
    assertThatThrownBy(() -> cartLives(MisnamedBean.class))
        .hasMessageContaining("TSESS0034: ")
        .hasMessageContaining("Crat")
        .hasMessageContaining("[Cart, Visits]");
  }

  @Dependent
  static class ThrowingBean {
    @Produces
    TypedSessionConfiguration configuration() {
      return TypedSessionConfiguration.builder().endedTombstone(Duration.ZERO).build();
    }
  }

  @Test
  void bean_withWrongValue_isRefusedOnce() {
    assertThatThrownBy(() -> cartLives(ThrowingBean.class))
        .hasMessageContaining("TSESS0035: ")
        .hasMessageContaining("endedTombstone must be positive")
        .satisfies(
            e -> assertThat(e.getMessage().split("TSESS0035", -1)).hasSizeLessThanOrEqualTo(2));
  }

  @Test
  void bean_twice_isRefused() {
    assertThatThrownBy(() -> cartLives(Bean.class, ScopedBean.class))
        .hasMessageContaining("TSESS0035: ");
  }

  @ApplicationScoped
  static class ScopedBean {
    @Produces
    TypedSessionConfiguration configuration() {
      return TypedSessionConfiguration.DEFAULT;
    }
  }

  @Test
  void settings_wrongAndUnknown_areAllReported() throws IOException {
    file("typed-session.time-to-life=PT50M\ntyped-session.Order.store=memory");

    try (Settings settings = Settings.of("store", "disk", "Order.store", "memory");
        MicroProfile microProfile = MicroProfile.absent()) {
      assertThatThrownBy(() -> cartLives())
          .satisfies(
              e ->
                  assertThat(Problems.of(e))
                      .contains(
                          "typed-session.store=disk (system property)",
                          "typed-session.time-to-life (META-INF/typed-session.properties)",
                          "typed-session.Order.store (META-INF/typed-session.properties)"));
    }
  }

  @Test
  void file_malformed_isRefused() throws IOException {
    file("typed-session.namespace=\\u00zz");

    assertThatThrownBy(() -> cartLives()).hasMessageContaining("TSESS0033: ");
  }

  @Test
  void infinispan_noContainerOfAServer_startsOneThatEndsWithTheApplication() {
    DefaultSessionStore<?> started;
    try (Settings settings = Settings.of("store", "auto");
        Logs logs = new Logs();
        Application application = Application.deploy(Shop.class)) {
      started = application.browse("").bindings().get(0).store();
      started.clear();

      assertThat(logs.infos())
          .anySatisfy(text -> assertThat(text).contains("Infinispan, cache typed-sessions in"));
    }
    assertThatThrownBy(started::clear).isInstanceOf(SessionStoreUnavailableException.class);
  }

  @Test
  void infinispan_containerNamedAndNotThere_failsTheStart() {
    try (Settings settings =
            Settings.of("store", "auto", "infinispan.container", "java:global/none");
        Application application = Application.deploy(Shop.class)) {
      assertThatThrownBy(() -> application.browse(""))
          .hasMessageContaining("TSESS0041: ")
          .hasMessageContaining(
              "TSESS0043: the server has no Infinispan container java:global/none");
    }
  }

  @Test
  void protostream_noSchemaOfTheType_isRefused() {
    try (Settings settings = Settings.of("codec", "protostream")) {
      assertThatThrownBy(() -> cartLives())
          .hasMessageContaining("TSESS0006: ")
          .hasMessageContaining("@ProtoSchema");
    }
  }
}
