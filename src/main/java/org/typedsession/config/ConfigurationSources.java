package org.typedsession.config;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/** The places that every Java process has. */
public final class ConfigurationSources {
  /** The file on the class path. */
  public static final String FILE = "META-INF/typed-session.properties";

  private ConfigurationSources() {}

  /** System properties, by their key. */
  public static ConfigurationSource systemProperties(Properties properties) {
    return new OfProperties("system property", properties, true);
  }

  /**
   * Environment variables: {@code typed-session.Cart.store} is {@code TYPED_SESSION_CART_STORE}.
   */
  public static ConfigurationSource environment(Map<String, String> variables) {
    return new OfEnvironment(variables);
  }

  /**
   * {@value #FILE} as {@code loader} sees it, in UTF-8.
   *
   * @return the file, or empty if there is none
   * @throws IllegalStateException if there are several that differ, as no order among them is
   *     certain
   * @throws IllegalArgumentException if it is malformed
   * @throws UncheckedIOException if it cannot be read
   */
  public static Optional<ConfigurationSource> classPath(ClassLoader loader) {
    try {
      List<URL> files = Collections.list(loader.getResources(FILE));
      Set<Properties> contents = new HashSet<>();
      for (URL file : files) {
        contents.add(read(file));
      }
      // The same in an EAR's lib and in its web archives: some servers show both, others one.
      if (contents.size() > 1) {
        throw new IllegalStateException(
            "the class path has it several times, with different contents: " + files);
      }
      return contents.stream()
          .findFirst()
          .map(properties -> new OfProperties(FILE, properties, false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Properties read(URL file) throws IOException {
    Properties properties = new Properties();
    try (var reader = new InputStreamReader(file.openStream(), StandardCharsets.UTF_8)) {
      properties.load(reader);
    }
    return properties;
  }

  private record OfProperties(String name, Properties properties, boolean isShared)
      implements ConfigurationSource {
    @Override
    public Optional<Value> find(String key) {
      return Optional.ofNullable(properties.getProperty(key)).map(text -> new Value(text, name));
    }

    @Override
    public Set<String> keys() {
      return properties.stringPropertyNames().stream()
          .filter(key -> key.startsWith(ConfigurationSource.PREFIX))
          .collect(Collectors.toUnmodifiableSet());
    }
  }

  private record OfEnvironment(Map<String, String> variables) implements ConfigurationSource {
    @Override
    public String name() {
      return "environment variable";
    }

    @Override
    public Optional<Value> find(String key) {
      String variable = key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
      return Optional.ofNullable(variables.get(variable))
          .map(text -> new Value(text, name() + " " + variable));
    }

    // The way from a variable back to a key is not certain.
    @Override
    public Set<String> keys() {
      return Set.of();
    }

    @Override
    public boolean isShared() {
      return true;
    }
  }
}
