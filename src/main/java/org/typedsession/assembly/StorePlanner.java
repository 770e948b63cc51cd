package org.typedsession.assembly;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceConfigurationError;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.core.PrincipalRule;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.spi.SessionCodec;

/**
 * Settles what can be settled before it is known where the application is served, and finds all
 * that is wrong with it.
 */
final class StorePlanner {
  private static final System.Logger LOGGER = System.getLogger(StorePlanner.class.getName());

  private final List<Problem> problems = new ArrayList<>();

  /** What {@link #plan} found wrong. */
  List<Problem> problems() {
    return List.copyOf(problems);
  }

  /**
   * One plan for each request, except where something is wrong.
   *
   * @throws IllegalArgumentException if two requests are for one type
   */
  List<StorePlan> plan(List<StoreRequest> requests) {
    List<DataType> types = requests.stream().map(StoreRequest::type).toList();
    Map<DataType, TypedSessionConfiguration> configured = configure(requests);
    List<StorePlan> plans = new ArrayList<>();
    for (StoreRequest request : requests) {
      DataType type = request.type();
      TypedSessionConfiguration configuration = Objects.requireNonNull(configured.get(type));
      source(request, configuration)
          .map(source -> new StorePlan(type, configuration, qualifier(type, types), source))
          .ifPresent(plans::add);
    }
    checkCookies(plans);
    plans.forEach(StorePlanner::warn);
    return plans;
  }

  private Map<DataType, TypedSessionConfiguration> configure(List<StoreRequest> requests) {
    Map<DataType, Optional<TypedSessionConfiguration>> decided = new LinkedHashMap<>();
    for (StoreRequest request : requests) {
      if (decided.put(request.type(), request.configuration()) != null) {
        throw new IllegalArgumentException("there are two requests for " + request.type());
      }
    }
    ConfigurationResolver resolver = new ConfigurationResolver();
    Map<DataType, TypedSessionConfiguration> configured = resolver.resolve(decided);
    resolver.problems().forEach(text -> problems.add(Problem.ofDeployment(text, null)));
    return configured;
  }

  // The simple name, unless two types have the same.
  private static String qualifier(DataType type, List<DataType> types) {
    if (types.size() == 1) {
      return "";
    }
    String simple = type.simpleName();
    Stream<String> others =
        types.stream().filter(other -> !other.equals(type)).map(DataType::simpleName);
    return others.anyMatch(simple::equalsIgnoreCase) ? type.name().full() : simple;
  }

  private Optional<StorePlan.Source> source(
      StoreRequest request, TypedSessionConfiguration configuration) {
    if (request.source() instanceof StoreRequest.Own own) {
      return Optional.of(new StorePlan.Own(own.store()));
    }
    // Both, so that whoever has to mend the one learns of the other.
    Optional<SessionCodec<Object>> codec = codec(request.type(), configuration);
    return isPrincipalTold(request.type())
            && codec.isPresent()
            && request.source() instanceof StoreRequest.Assembled assembled
        ? Optional.of(new StorePlan.Assembled(codec.get(), assembled.defaultData()))
        : Optional.empty();
  }

  private boolean isPrincipalTold(DataType type) {
    try {
      PrincipalRule.of(type.type());
      return true;
    } catch (IllegalArgumentException e) {
      problems.add(
          Problem.ofDefinition(Messages.unfitPrincipalName(type.toString(), e.getMessage()), e));
      return false;
    }
  }

  private Optional<SessionCodec<Object>> codec(
      DataType type, TypedSessionConfiguration configuration) {
    try {
      return Optional.of(CodecSelector.of(type, configuration.codec()));
    } catch (IllegalArgumentException e) {
      problems.add(
          Problem.ofDefinition(Messages.unfitForCodec(type.toString(), e.getMessage()), e));
    } catch (RuntimeException e) {
      problems.add(Problem.ofDeployment(Messages.startFailed(type.toString(), e.getMessage()), e));
    } catch (LinkageError | ServiceConfigurationError e) {
      // The message alone is often no more than the name of a class.
      problems.add(Problem.ofDeployment(Messages.startFailed(type.toString(), e.toString()), e));
    }
    return Optional.empty();
  }

  private void checkCookies(List<StorePlan> plans) {
    Map<String, TreeSet<String>> byName = new TreeMap<>();
    for (StorePlan plan : plans) {
      String type = plan.type().toString();
      try {
        // Only the default name depends on the context path, and that is always one that fits.
        String name = CookieNames.settings(plan.configuration(), "", plan.qualifier()).name();
        byName.computeIfAbsent(name, key -> new TreeSet<>()).add(type);
      } catch (IllegalArgumentException e) {
        problems.add(Problem.ofDeployment(Messages.unfitCookie(type, e.getMessage()), e));
      }
    }
    byName.forEach(
        (name, types) -> {
          if (types.size() > 1) {
            problems.add(
                Problem.ofDeployment(
                    Messages.sharedCookie(name, Collections.unmodifiableSet(types)), null));
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
