package org.typedsession.cdi;

import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.enterprise.inject.spi.DeploymentException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceConfigurationError;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrincipalRule;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.spi.SessionCodec;

/**
 * Settles what can be settled before it is known where the application is served, and finds all
 * that is wrong with it.
 */
final class StorePlanner {
  private static final System.Logger LOGGER = System.getLogger(StorePlanner.class.getName());

  private final BeanManager beans;
  private final ApplicationBeans application;
  private final Predicate<Type> isProvided;
  private final List<RuntimeException> problems = new ArrayList<>();

  /**
   * @param isProvided whether the application has a bean of its own of that type
   */
  StorePlanner(BeanManager beans, ApplicationBeans application, Predicate<Type> isProvided) {
    this.beans = beans;
    this.application = application;
    this.isProvided = isProvided;
  }

  /** What {@link #plan} found wrong. */
  List<RuntimeException> problems() {
    return List.copyOf(problems);
  }

  /** One plan for each type, except where something is wrong. */
  List<StorePlan> plan(List<DataType> types) {
    Configurations configurations = new Configurations(beans, application);
    Map<DataType, TypedSessionConfiguration> configured = configurations.read(types);
    configurations.problems().forEach(text -> problems.add(new DeploymentException(text)));
    List<StorePlan> plans = new ArrayList<>();
    for (DataType type : types) {
      TypedSessionConfiguration configuration = Objects.requireNonNull(configured.get(type));
      source(type, configuration)
          .map(source -> new StorePlan(type, configuration, qualifier(type, types), source))
          .ifPresent(plans::add);
    }
    checkCookies(plans);
    plans.forEach(StorePlanner::warn);
    return plans;
  }

  // The simple name, unless two types have the same.
  private static String qualifier(DataType type, List<DataType> types) {
    if (types.size() == 1) {
      return "";
    }
    String simple = type.name().simple();
    Stream<String> others =
        types.stream().filter(other -> !other.equals(type)).map(other -> other.name().simple());
    return others.anyMatch(simple::equalsIgnoreCase) ? type.name().full() : simple;
  }

  private Optional<StorePlan.Source> source(
      DataType type, TypedSessionConfiguration configuration) {
    if (isProvided.test(type.defaultStore())) {
      return Optional.of(new StorePlan.Own(ownStore(type)));
    }
    // Both, so that whoever has to mend the one learns of the other.
    Optional<SessionCodec<Object>> codec = codec(type, configuration);
    Optional<Supplier<Object>> defaultData = defaultData(type);
    return isPrincipalTold(type) && codec.isPresent() && defaultData.isPresent()
        ? Optional.of(new StorePlan.Assembled(codec.get(), defaultData.get()))
        : Optional.empty();
  }

  private boolean isPrincipalTold(DataType type) {
    try {
      PrincipalRule.of(type.type());
      return true;
    } catch (IllegalArgumentException e) {
      problems.add(
          new DefinitionException(Messages.unfitPrincipalName(type.toString(), e.getMessage()), e));
      return false;
    }
  }

  @SuppressWarnings("unchecked") // a bean of this very type
  private Supplier<DefaultSessionStore<Object>> ownStore(DataType type) {
    Bean<?> bean =
        beans.resolve(application.find(beans, type.defaultStore(), Default.Literal.INSTANCE));
    return () ->
        (DefaultSessionStore<Object>)
            beans.getReference(bean, type.defaultStore(), beans.createCreationalContext(bean));
  }

  private Optional<SessionCodec<Object>> codec(
      DataType type, TypedSessionConfiguration configuration) {
    try {
      return Optional.of(Codecs.of(type, configuration.codec()));
    } catch (IllegalArgumentException e) {
      problems.add(
          new DefinitionException(Messages.unfitForCodec(type.toString(), e.getMessage()), e));
    } catch (RuntimeException e) {
      problems.add(
          new DeploymentException(Messages.startFailed(type.toString(), e.getMessage()), e));
    } catch (LinkageError | ServiceConfigurationError e) {
      // The message alone is often no more than the name of a class.
      problems.add(new DeploymentException(Messages.startFailed(type.toString(), e.toString()), e));
    }
    return Optional.empty();
  }

  private Optional<Supplier<Object>> defaultData(DataType type) {
    try {
      return Optional.of(DefaultData.of(type, beans, application));
    } catch (DefinitionException e) {
      problems.add(e);
      return Optional.empty();
    }
  }

  private void checkCookies(List<StorePlan> plans) {
    Map<String, TreeSet<String>> byName = new TreeMap<>();
    for (StorePlan plan : plans) {
      String type = plan.type().toString();
      try {
        // Only the default name depends on the context path, and that is always one that fits.
        String name = Cookies.settings(plan.configuration(), "", plan.qualifier()).name();
        byName.computeIfAbsent(name, key -> new TreeSet<>()).add(type);
      } catch (IllegalArgumentException e) {
        problems.add(new DeploymentException(Messages.unfitCookie(type, e.getMessage()), e));
      }
    }
    byName.forEach(
        (name, types) -> {
          if (types.size() > 1) {
            problems.add(
                new DeploymentException(
                    Messages.sharedCookie(name, Collections.unmodifiableSet(types))));
          }
        });
  }

  private static void warn(StorePlan plan) {
    String type = plan.type().toString();
    if (plan.source() instanceof StorePlan.Assembled
        && !PrivilegeRule.of(plan.type().type()).isDeclared()) {
      LOGGER.log(System.Logger.Level.WARNING, Messages.noPrivilege(type));
      OptionalInt rotations = plan.configuration().limits().rotations();
      if (rotations.isPresent() && plan.configuration().policy().absoluteLifetime().isEmpty()) {
        LOGGER.log(
            System.Logger.Level.WARNING, Messages.rotationsRunOut(type, rotations.getAsInt()));
      }
    }
    if (!plan.configuration().cookie().secure()) {
      LOGGER.log(System.Logger.Level.WARNING, Messages.insecureCookie(type));
    }
  }
}
