package org.typedsession.cdi;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.config.ConfigurationReader;
import org.typedsession.config.ConfigurationSource;
import org.typedsession.config.ConfigurationSources;

/**
 * The configuration of each type: the application's bean that is named like it, else the
 * application's bean without a name, else what the settings say.
 */
final class Configurations {
  private static final System.Logger LOGGER = System.getLogger(Configurations.class.getName());

  private final BeanManager beans;
  private final ApplicationBeans application;
  private final List<String> problems = new ArrayList<>();

  Configurations(BeanManager beans, ApplicationBeans application) {
    this.beans = beans;
    this.application = application;
  }

  /** What was found wrong by {@link #read}. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** The configurations of {@code types}; where one is wrong, a default stands in for it. */
  Map<DataType, TypedSessionConfiguration> read(List<DataType> types) {
    Set<Bean<?>> candidates =
        application.find(beans, TypedSessionConfiguration.class, Any.Literal.INSTANCE);
    reportMisnamed(candidates, types);
    Map<DataType, TypedSessionConfiguration> found = new LinkedHashMap<>();
    for (DataType type : types) {
      Bean<?> bean = select(candidates, type);
      if (bean != null) {
        found.put(type, instance(bean));
      }
    }
    readSettings(types, found);
    return found;
  }

  private void readSettings(List<DataType> types, Map<DataType, TypedSessionConfiguration> found) {
    ConfigurationReader reader = new ConfigurationReader(sources());
    if (!types.isEmpty() && found.keySet().containsAll(types)) {
      // Settings that nobody reads must not look as if they held.
      if (reader.isAnythingSet()) {
        LOGGER.log(System.Logger.Level.WARNING, Messages.settingsIgnored());
      }
      return;
    }
    ConfigurationReader.Reading reading =
        reader.read(types.stream().map(DataType::name).collect(Collectors.toSet()));
    problems.addAll(reading.problems());
    types.forEach(
        type ->
            found.computeIfAbsent(
                type, t -> Objects.requireNonNull(reading.configurations().get(t.name()))));
  }

  private void reportMisnamed(Set<Bean<?>> candidates, List<DataType> types) {
    Set<String> names =
        types.stream().map(type -> type.name().simple()).collect(Collectors.toSet());
    candidates.stream()
        .map(Bean::getName)
        .filter(name -> name != null && !names.contains(name))
        .forEach(name -> problems.add(Messages.misnamedConfiguration(name, names)));
  }

  private @Nullable Bean<?> select(Set<Bean<?>> candidates, DataType type) {
    Bean<?> own = resolve(candidates, type.name().simple());
    return own == null ? resolve(candidates, null) : own;
  }

  private @Nullable Bean<?> resolve(Set<Bean<?>> candidates, @Nullable String name) {
    Set<Bean<?>> named =
        candidates.stream()
            .filter(bean -> Objects.equals(bean.getName(), name))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    try {
      return named.isEmpty() ? null : beans.resolve(named);
    } catch (RuntimeException e) {
      report(Messages.unusableConfiguration(e.getMessage()));
      return named.iterator().next();
    }
  }

  private TypedSessionConfiguration instance(Bean<?> bean) {
    try {
      Object reference =
          beans.getReference(
              bean, TypedSessionConfiguration.class, beans.createCreationalContext(bean));
      return (TypedSessionConfiguration) reference;
    } catch (RuntimeException e) {
      report(Messages.unusableConfiguration(rootOf(e).toString()));
      return TypedSessionConfiguration.DEFAULT;
    }
  }

  // The same bean may be looked at for several types.
  private void report(String problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  private static Throwable rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
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
