package org.typedsession.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The places that every Java process has. */
public final class ConfigurationSources {
  /** The file on the class path. */
  public static final String FILE = "META-INF/typed-session.properties";

  private static final int BYTE_ORDER_MARK = '\uFEFF';

  private ConfigurationSources() {}

  /** System properties, by their key. */
  public static ConfigurationSource systemProperties(Properties properties) {
    return new OfProperties("system property", properties);
  }

  /**
   * Environment variables: {@code typed-session.Cart.store} is {@code typed_session_Cart_store},
   * else {@code TYPED_SESSION_CART_STORE}.
   */
  public static ConfigurationSource environment(Map<String, String> variables) {
    return new OfEnvironment(variables);
  }

  /**
   * {@value #FILE} as {@code loader} sees it, in UTF-8, with or without a byte order mark.
   *
   * @return the file, or empty if there is none
   * @throws IllegalStateException if there are several that differ, as no order among them is
   *     certain
   * @throws IllegalArgumentException if it is malformed, or not in UTF-8
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
      return contents.stream().findFirst().map(OfFile::new);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Properties read(URL file) throws IOException {
    // Not InputStreamReader's own, which puts a question mark for what is not UTF-8.
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(file.openStream(), StandardCharsets.UTF_8.newDecoder()))) {
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      Properties properties = new Properties();
      properties.load(reader);
      return properties;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("it is not in UTF-8", e);
    }
  }

  /** The properties of a place that other things share: those with the prefix are ours. */
  private record OfProperties(String name, Properties properties) implements ConfigurationSource {
    @Override
    public Optional<Value> find(String key) {
      return value(name, properties, key);
    }

    @Override
    public Set<String> keys() {
      return properties.stringPropertyNames().stream()
          .filter(key -> key.startsWith(ConfigurationSource.PREFIX))
          .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean isShared() {
      return true;
    }
  }

  /** The application's own file: all that is in it is meant for this library. */
  private record OfFile(Properties properties) implements ConfigurationSource {
    @Override
    public String name() {
      return FILE;
    }

    @Override
    public Optional<Value> find(String key) {
      return value(FILE, properties, key);
    }

    @Override
    public Set<String> keys() {
      return properties.stringPropertyNames();
    }

    @Override
    public boolean isShared() {
      return false;
    }
  }

  private static Optional<ConfigurationSource.Value> value(
      String origin, Properties properties, String key) {
    return Optional.ofNullable(properties.getProperty(key))
        .map(text -> new ConfigurationSource.Value(text, origin));
  }

  private record OfEnvironment(Map<String, String> variables) implements ConfigurationSource {
    // What Kubernetes sets for a service that is called typed-session-something.
    private static final Pattern LINK =
        Pattern.compile(
            ".*_SERVICE_HOST|.*_SERVICE_PORT(_.*)?|.*_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");
    private static final Pattern LINKED = Pattern.compile("(tcp|udp|sctp)://.*");

    @Override
    public String name() {
      return "environment variable";
    }

    @Override
    public Optional<Value> find(String key) {
      for (String variable : spellings(key)) {
        String text = variables.get(variable);
        if (text != null) {
          return Optional.of(new Value(text, name() + " " + variable));
        }
      }
      return Optional.empty();
    }

    @Override
    public Set<String> keys() {
      List<String> prefixes = spellings(ConfigurationSource.PREFIX);
      return variables.entrySet().stream()
          .filter(variable -> prefixes.stream().anyMatch(variable.getKey()::startsWith))
          .filter(variable -> !isLink(variable.getKey(), variable.getValue()))
          .map(Map.Entry::getKey)
          .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isLink(String variable, String value) {
      return LINK.matcher(variable).matches()
          || (variable.endsWith("_PORT") && LINKED.matcher(value).matches());
    }

    // As MicroProfile Config has it.
    @Override
    public List<String> spellings(String key) {
      String variable = key.replaceAll("[^A-Za-z0-9]", "_");
      return List.of(variable, variable.toUpperCase(Locale.ROOT));
    }

    @Override
    public boolean isShared() {
      return true;
    }
  }
}
