package org.typedsession.cdi;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Decorator;
import jakarta.enterprise.inject.spi.Interceptor;
import jakarta.enterprise.inject.spi.ObserverMethod;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.typedsession.SessionEvent;
import org.typedsession.assembly.DataType;
import org.typedsession.security.CallerData;
import org.typedsession.security.CallerInSession;

/**
 * The beans and observers of the application as the extension is told of them.
 *
 * <p>The bean manager of an extension knows what its own archive sees. On Payara and GlassFish that
 * is nothing of the application, whose classes are in another one.
 */
final class ApplicationBeans {
  private final Set<Bean<?>> beans = ConcurrentHashMap.newKeySet();
  private final Set<ObserverMethod<? extends SessionEvent>> observers =
      ConcurrentHashMap.newKeySet();

  void note(Bean<?> bean) {
    if (!(bean instanceof Decorator) && !(bean instanceof Interceptor)) {
      beans.add(bean);
    }
  }

  // Session events have no qualifiers, so that one who asks for some is not meant.
  @SuppressWarnings("unchecked") // it observes a class of events
  void note(ObserverMethod<?> observer) {
    if (observer.getObservedType() instanceof Class<?> type
        && SessionEvent.class.isAssignableFrom(type)
        && observer.getObservedQualifiers().stream().allMatch(Any.Literal.INSTANCE::equals)) {
      observers.add((ObserverMethod<? extends SessionEvent>) observer);
    }
  }

  /** What the manager finds; if that is nothing, what it does not see. */
  Set<Bean<?>> find(BeanManager manager, Type type, Annotation qualifier) {
    Set<Bean<?>> seen = manager.getBeans(type, qualifier);
    return seen.isEmpty()
        ? beans.stream()
            .filter(bean -> bean.getTypes().contains(type))
            .filter(bean -> bean.getQualifiers().contains(qualifier))
            .collect(Collectors.toSet())
        : seen;
  }

  /** The observers of session events, in the order in which they are to be told. */
  List<ObserverMethod<? extends SessionEvent>> observers() {
    return observers.stream().sorted(Comparator.comparingInt(ObserverMethod::getPriority)).toList();
  }

  /** What is wrong with the mechanisms that are to keep their callers in sessions. */
  List<String> callerProblems(List<DataType> served) {
    List<String> problems = new ArrayList<>();
    for (Bean<?> bean : beans) {
      CallerInSession mark = bean.getBeanClass().getAnnotation(CallerInSession.class);
      if (mark == null) {
        continue;
      }
      if (!CallerData.class.isAssignableFrom(mark.value())) {
        problems.add(
            Messages.callerDataMissing(bean.getBeanClass().getName(), mark.value().getName()));
      } else if (!served.contains(new DataType(mark.value()))) {
        problems.add(
            Messages.callerSessionMissing(bean.getBeanClass().getName(), mark.value().getName()));
      }
    }
    return problems;
  }

  /** Forgets all. */
  void clear() {
    beans.clear();
    observers.clear();
  }
}
