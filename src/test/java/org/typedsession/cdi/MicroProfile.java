package org.typedsession.cdi;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigBuilder;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.jspecify.annotations.Nullable;

/** MicroProfile Config for one test, as its server would provide it. */
final class MicroProfile extends ConfigProviderResolver implements AutoCloseable {
  private final @Nullable Config config;

  private MicroProfile(@Nullable Config config) {
    this.config = config;
    ConfigProviderResolver.setInstance(this);
  }

  /** With one value, in a source called {@code test}. */
  static MicroProfile of(String key, String value) {
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .withSources(new PropertiesConfigSource(Map.of(key, value), "test", 500))
            .build();
    return new MicroProfile(config);
  }

  /** The API without a provider. */
  static MicroProfile absent() {
    return new MicroProfile(null);
  }

  @Override
  public Config getConfig() {
    if (config == null) {
      throw new IllegalStateException("No ConfigProviderResolver implementation found!");
    }
    return config;
  }

  @Override
  public Config getConfig(ClassLoader loader) {
    return getConfig();
  }

  @Override
  public ConfigBuilder getBuilder() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void registerConfig(Config registered, ClassLoader classLoader) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void releaseConfig(Config released) {}

  @Override
  public void close() {
    ConfigProviderResolver.setInstance(null);
  }
}
