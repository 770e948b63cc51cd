package org.typedsession.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
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
}
