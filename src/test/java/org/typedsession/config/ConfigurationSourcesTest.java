package org.typedsession.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationSourcesTest {
  @TempDir Path directory;

  private URL root(String name, String content) throws IOException {
    Path file = directory.resolve(name).resolve(ConfigurationSources.FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return url(directory.resolve(name));
  }

  private static URL url(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }

  @Test
  void environment_keyWithTypeAndDots_isUpperCaseWithUnderscores() {
    ConfigurationSource source =
        ConfigurationSources.environment(
            Map.of("TYPED_SESSION_PAGE_ITEM_COOKIE_SAME_SITE", "Strict"));

    assertThat(source.find("typed-session.Page-Item.cookie.same-site"))
        .contains(
            new ConfigurationSource.Value(
                "Strict", "environment variable TYPED_SESSION_PAGE_ITEM_COOKIE_SAME_SITE"));
  }

  @Test
  void systemProperties_keys_areOursOnly() {
    Properties properties = new Properties();
    properties.setProperty("typed-session.store", "memory");
    properties.setProperty("java.home", "somewhere");

    assertThat(ConfigurationSources.systemProperties(properties).keys())
        .containsExactly("typed-session.store");
  }

  @Test
  void classPath_noFile_isEmpty() throws IOException {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {url(directory)}, null)) {
      assertThat(ConfigurationSources.classPath(loader)).isEmpty();
    }
  }

  @Test
  void classPath_oneFile_isReadInUtf8() throws IOException {
    URL root = root("a", "typed-session.namespace=Käse\n");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {root}, null)) {
      Optional<ConfigurationSource> source = ConfigurationSources.classPath(loader);

      assertThat(source.orElseThrow().find("typed-session.namespace"))
          .contains(new ConfigurationSource.Value("Käse", ConfigurationSources.FILE));
      assertThat(source.orElseThrow().isShared()).isFalse();
    }
  }

  @Test
  void classPath_twoFiles_isRefused() throws IOException {
    URL[] roots = {root("a", "typed-session.store=memory"), root("b", "typed-session.store=auto")};
    try (URLClassLoader loader = new URLClassLoader(roots, null)) {
      assertThatThrownBy(() -> ConfigurationSources.classPath(loader))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("several times");
    }
  }

  @Test
  void classPath_twoFilesThatSayTheSame_isOne() throws IOException {
    URL[] roots = {
      root("a", "typed-session.store=memory"), root("b", "typed-session.store: memory\n")
    };
    try (URLClassLoader loader = new URLClassLoader(roots, null)) {
      assertThat(ConfigurationSources.classPath(loader).orElseThrow().find("typed-session.store"))
          .contains(new ConfigurationSource.Value("memory", ConfigurationSources.FILE));
    }
  }

  @Test
  void classPath_badEscape_isRefused() throws IOException {
    URL root = root("a", "typed-session.namespace=\\u00zz\n");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {root}, null)) {
      assertThatThrownBy(() -> ConfigurationSources.classPath(loader))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void classPath_byteOrderMark_isNoPartOfTheFirstKey() throws IOException {
    URL root = root("a", "\uFEFFtyped-session.store=memory\ntyped-session.codec=json\n");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {root}, null)) {
      assertThat(ConfigurationSources.classPath(loader).orElseThrow().keys())
          .containsExactlyInAnyOrder("typed-session.store", "typed-session.codec");
    }
  }

  @Test
  void classPath_notUtf8_isRefused() throws IOException {
    URL root = root("a", "");
    Files.write(
        directory.resolve("a").resolve(ConfigurationSources.FILE),
        "typed-session.namespace=Käse\n".getBytes(StandardCharsets.ISO_8859_1));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {root}, null)) {
      assertThatThrownBy(() -> ConfigurationSources.classPath(loader))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("UTF-8");
    }
  }

  @Test
  void classPath_keysWithoutThePrefix_areThereToBeRefused() throws IOException {
    URL root = root("a", "cookie.same-site=strict\n");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {root}, null)) {
      assertThat(ConfigurationSources.classPath(loader).orElseThrow().keys())
          .containsExactly("cookie.same-site");
    }
  }

  @Test
  void environment_lowerCase_isReadAsMicroProfileConfigReadsIt() {
    ConfigurationSource source =
        ConfigurationSources.environment(
            Map.of("typed_session_Cart_store", "memory", "TYPED_SESSION_CART_STORE", "auto"));

    assertThat(source.find("typed-session.Cart.store"))
        .contains(
            new ConfigurationSource.Value(
                "memory", "environment variable typed_session_Cart_store"));
  }

  @Test
  void environment_variablesOfTheServicesOfKubernetes_areNotOurs() {
    ConfigurationSource source =
        ConfigurationSources.environment(
            Map.ofEntries(
                Map.entry("TYPED_SESSION_DEMO_SERVICE_HOST", "10.0.0.1"),
                Map.entry("TYPED_SESSION_DEMO_SERVICE_PORT", "8080"),
                Map.entry("TYPED_SESSION_DEMO_SERVICE_PORT_HTTP", "8080"),
                Map.entry("TYPED_SESSION_DEMO_PORT", "tcp://10.0.0.1:8080"),
                Map.entry("TYPED_SESSION_DEMO_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
                Map.entry("TYPED_SESSION_DEMO_PORT_8080_TCP_ADDR", "10.0.0.1"),
                Map.entry("TYPED_SESSION_BIND_PORT", "7801"),
                Map.entry("TYPEDSESSION_INITIAL_HOSTS", "a[7800]")));

    assertThat(source.keys()).containsExactly("TYPED_SESSION_BIND_PORT");
  }
}
