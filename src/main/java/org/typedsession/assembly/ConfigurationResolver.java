package org.typedsession.assembly;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.config.ConfigurationReader;
import org.typedsession.config.ConfigurationSource;
import org.typedsession.config.ConfigurationSources;

/**
 * The configuration of each type: what the application has decided in code, else what the settings
 * say.
 */
final class ConfigurationResolver {
  private static final System.Logger LOGGER =
      System.getLogger(ConfigurationResolver.class.getName());

  private final List<String> problems = new ArrayList<>();

  /** What was found wrong by {@link #resolve}. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /**
   * The configurations of all types; where a setting is wrong, its default is in there.
   *
   * @param decided by type, what is decided in code
   */
  Map<DataType, TypedSessionConfiguration> resolve(
      Map<DataType, Optional<TypedSessionConfiguration>> decided) {
    ConfigurationReader reader = new ConfigurationReader(sources());
    Map<DataType, TypedSessionConfiguration> found = new LinkedHashMap<>();
    decided.forEach((type, inCode) -> inCode.ifPresent(it -> found.put(type, it)));
    if (!decided.isEmpty() && found.size() == decided.size()) {
      // Settings that nobody reads must not look as if they held.
      if (reader.isAnythingSet()) {
        LOGGER.log(System.Logger.Level.WARNING, Messages.settingsIgnored());
      }
      return found;
    }
    ConfigurationReader.Reading reading =
        reader.read(decided.keySet().stream().map(DataType::name).collect(Collectors.toSet()));
    problems.addAll(reading.problems());
    decided
        .keySet()
        .forEach(
            type ->
                found.computeIfAbsent(
                    type, it -> Objects.requireNonNull(reading.configurations().get(it.name()))));
    return found;
  }

  private List<ConfigurationSource> sources() {
    List<ConfigurationSource> sources = new ArrayList<>();
    if (Libraries.has(Libraries.MICROPROFILE_CONFIG)) {
      MicroProfileSource.find().ifPresent(sources::add);
    }
    sources.add(ConfigurationSources.systemProperties(System.getProperties()));
    sources.add(ConfigurationSources.environment(System.getenv()));
    try {
      ConfigurationSources.classPath(Libraries.ofApplication()).ifPresent(sources::add);
    } catch (RuntimeException e) {
      problems.add(Messages.unreadableFile(ConfigurationSources.FILE, e.getMessage()));
    }
    return sources;
  }
}
