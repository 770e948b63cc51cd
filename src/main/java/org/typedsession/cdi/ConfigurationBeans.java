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
import org.typedsession.assembly.DataType;

/**
 * The configurations that the application decides in code: the bean that is named like a type, else
 * the bean without a name.
 */
final class ConfigurationBeans {
  private final BeanManager beans;
  private final ApplicationBeans application;
  private final List<String> problems = new ArrayList<>();

  ConfigurationBeans(BeanManager beans, ApplicationBeans application) {
    this.beans = beans;
    this.application = application;
  }

  /** What was found wrong by {@link #find}. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** By type, where there is a bean; where it is wrong, a default stands in for it. */
  Map<DataType, TypedSessionConfiguration> find(List<DataType> types) {
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
    return found;
  }

  private void reportMisnamed(Set<Bean<?>> candidates, List<DataType> types) {
    Set<String> names = types.stream().map(DataType::simpleName).collect(Collectors.toSet());
    candidates.stream()
        .map(Bean::getName)
        .filter(name -> name != null && !names.contains(name))
        .forEach(name -> problems.add(Messages.misnamedConfiguration(name, names)));
  }

  private @Nullable Bean<?> select(Set<Bean<?>> candidates, DataType type) {
    Bean<?> own = resolve(candidates, type.simpleName());
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
}
