package org.typedsession.cdi;

import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.enterprise.inject.spi.DeploymentException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.typedsession.TypedSessionConfiguration;
import org.typedsession.assembly.DataType;
import org.typedsession.assembly.StoreRequest;
import org.typedsession.core.DefaultSessionStore;

/** What the beans of the application say of the stores that it needs. */
final class StoreRequests {
  private final BeanManager beans;
  private final ApplicationBeans application;
  private final Predicate<Type> isProvided;
  private final List<RuntimeException> problems = new ArrayList<>();

  /**
   * @param isProvided whether the application has a bean of its own of that type
   */
  StoreRequests(BeanManager beans, ApplicationBeans application, Predicate<Type> isProvided) {
    this.beans = beans;
    this.application = application;
    this.isProvided = isProvided;
  }

  /** What {@link #find} found wrong. */
  List<RuntimeException> problems() {
    return List.copyOf(problems);
  }

  /** One for each type. */
  List<StoreRequest> find(List<DataType> types) {
    ConfigurationBeans configurations = new ConfigurationBeans(beans, application);
    Map<DataType, TypedSessionConfiguration> decided = configurations.find(types);
    configurations.problems().forEach(text -> problems.add(new DeploymentException(text)));
    return types.stream()
        .map(type -> new StoreRequest(type, Optional.ofNullable(decided.get(type)), source(type)))
        .toList();
  }

  private StoreRequest.Source source(DataType type) {
    if (isProvided.test(BeanTypes.defaultStore(type))) {
      return new StoreRequest.Own(ownStore(type));
    }
    try {
      return new StoreRequest.Assembled(DefaultData.of(type, beans, application));
    } catch (DefinitionException e) {
      problems.add(e);
      return StoreRequest.Nowhere.INSTANCE;
    }
  }

  @SuppressWarnings("unchecked") // a bean of this very type
  private Supplier<DefaultSessionStore<Object>> ownStore(DataType type) {
    Type store = BeanTypes.defaultStore(type);
    Bean<?> bean = beans.resolve(application.find(beans, store, Default.Literal.INSTANCE));
    return () ->
        (DefaultSessionStore<Object>)
            beans.getReference(bean, store, beans.createCreationalContext(bean));
  }
}
