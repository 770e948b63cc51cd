package org.typedsession.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.typedsession.TypedSessionConfiguration;

/**
 * Reads the configuration of every type of session data, and finds all that is wrong with it.
 *
 * <p>A setting is looked for under {@code typed-session.<full name>.<setting>}, {@code
 * typed-session.<simple name>.<setting>} and {@code typed-session.<setting>}, each in all sources,
 * the first of which wins: what is said of one type is meant, wherever it is said. An empty value
 * counts as none.
 */
public final class ConfigurationReader {
  private final List<ConfigurationSource> sources;

  /**
   * @param sources those that win first
   */
  public ConfigurationReader(List<ConfigurationSource> sources) {
    this.sources = List.copyOf(sources);
  }

  /**
   * What was read.
   *
   * @param configurations one for each type; where a setting is wrong, its default is in there
   * @param problems what is wrong, for people; the application must not start with any
   */
  public record Reading(
      Map<DataName, TypedSessionConfiguration> configurations, List<String> problems) {
    /** Copies both. */
    public Reading {
      configurations = Map.copyOf(configurations);
      problems = List.copyOf(problems);
    }
  }

  /** Reads the configurations of {@code types}. */
  public Reading read(Collection<DataName> types) {
    // By key: a value that several types share is wrong once.
    Map<String, String> problems = new LinkedHashMap<>();
    Map<DataName, TypedSessionConfiguration> configurations = new LinkedHashMap<>();
    for (DataName type : types) {
      configurations.put(type, read(type, problems));
    }
    for (ConfigurationSource source : sources) {
      KnownKeys known = new KnownKeys(types, source);
      known
          .unknown()
          .forEach(
              key ->
                  problems.putIfAbsent(
                      key, Messages.unknownSetting(key, source.name(), known.nearest(key))));
    }
    return new Reading(configurations, new ArrayList<>(problems.values()));
  }

  /** Whether any source has a setting of this library, so far as they can tell. */
  public boolean isAnythingSet() {
    return sources.stream().anyMatch(source -> !source.keys().isEmpty());
  }

  private TypedSessionConfiguration read(DataName type, Map<String, String> problems) {
    TypedSessionConfiguration configuration = TypedSessionConfiguration.DEFAULT;
    for (Setting setting : Setting.values()) {
      for (String key : KnownKeys.of(setting, type)) {
        Found found = find(key, problems);
        if (found != null) {
          configuration = apply(setting, key, found, configuration, problems);
          break;
        }
      }
    }
    return configuration;
  }

  private record Found(String text, String origin) {}

  private @Nullable Found find(String key, Map<String, String> problems) {
    for (ConfigurationSource source : sources) {
      try {
        Optional<Found> found =
            source
                .find(key)
                .map(value -> new Found(value.text().strip(), value.origin()))
                .filter(value -> !value.text().isEmpty());
        if (found.isPresent()) {
          return found.get();
        }
      } catch (RuntimeException e) {
        problems.put(key, Messages.unreadableSetting(key, source.name(), e.getMessage()));
      }
    }
    return null;
  }

  private static TypedSessionConfiguration apply(
      Setting setting,
      String key,
      Found found,
      TypedSessionConfiguration configuration,
      Map<String, String> problems) {
    try {
      return setting.apply(configuration, found.text());
    } catch (IllegalArgumentException e) {
      problems.put(key, Messages.invalidSetting(key, found.text(), found.origin(), e.getMessage()));
      return configuration;
    }
  }
}
