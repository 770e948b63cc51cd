package org.typedsession.assembly;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.typedsession.config.ConfigurationSource;

/**
 * MicroProfile Config. Links to it: to be touched only where {@link Libraries} says it is there.
 */
final class MicroProfileSource implements ConfigurationSource {
  private final Config config;

  private MicroProfileSource(Config config) {
    this.config = config;
  }

  /** The configuration of this application, or empty if there is the API without a provider. */
  static Optional<ConfigurationSource> find() {
    try {
      return Optional.of(new MicroProfileSource(ConfigProvider.getConfig()));
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }

  @Override
  public String name() {
    return "MicroProfile Config";
  }

  @Override
  public Optional<Value> find(String key) {
    return config
        .getOptionalValue(key, String.class)
        .map(
            text ->
                new Value(text, name() + ", source " + config.getConfigValue(key).getSourceName()));
  }

  @Override
  public Set<String> keys() {
    return StreamSupport.stream(config.getPropertyNames().spliterator(), false)
        .filter(key -> key.startsWith(PREFIX))
        .collect(Collectors.toUnmodifiableSet());
  }

  // It contains the system properties.
  @Override
  public boolean isShared() {
    return true;
  }
}
