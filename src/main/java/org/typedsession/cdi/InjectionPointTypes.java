package org.typedsession.cdi;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.spi.AnnotatedParameter;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.inject.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.typedsession.Session;
import org.typedsession.SessionStore;
import org.typedsession.assembly.DataType;

/**
 * Collects what injection points ask of this library, and judges it.
 *
 * <p>Safe for use by many threads: Weld looks at several classes at once.
 */
final class InjectionPointTypes {
  private static final Set<Class<?>> OURS = Set.of(Session.class, SessionStore.class);

  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

  /**
   * What one injection point asks for.
   *
   * @param point the injection point, for people
   * @param by the class that it belongs to
   * @param type {@code Session} or {@code SessionStore}, with or without an argument
   * @param lookup whether it is an {@code Instance} or a {@code Provider}, which need no one bean
   */
  private record Request(String point, Class<?> by, Type type, boolean lookup) {}

  /** Notes what {@code point} asks for, if it is for this library to give. */
  void note(InjectionPoint point) {
    Collection<Annotation> qualifiers = point.getQualifiers();
    // With another qualifier it is the application's own bean that is meant.
    if (qualifiers.stream().allMatch(q -> q instanceof Default || q instanceof Any)) {
      note(point, point.getType(), false);
    }
  }

  private void note(InjectionPoint point, Type type, boolean lookup) {
    if (type instanceof ParameterizedType p && !lookup && isLookup(p)) {
      note(point, p.getActualTypeArguments()[0], true);
    } else if (OURS.contains(raw(type))) {
      requests.add(new Request(describe(point), owner(point), type, lookup));
    }
  }

  private static boolean isLookup(ParameterizedType type) {
    return type.getActualTypeArguments().length == 1
        && Provider.class.isAssignableFrom((Class<?>) type.getRawType());
  }

  private static Type raw(Type type) {
    return type instanceof ParameterizedType p ? p.getRawType() : type;
  }

  // Servlets and the like are no beans.
  private static Class<?> owner(InjectionPoint point) {
    Bean<?> bean = point.getBean();
    return bean == null ? point.getMember().getDeclaringClass() : bean.getBeanClass();
  }

  private static String describe(InjectionPoint point) {
    String member =
        point.getMember().getDeclaringClass().getName() + "." + point.getMember().getName();
    return point.getAnnotated() instanceof AnnotatedParameter<?> parameter
        ? "parameter %s of %s".formatted(parameter.getPosition() + 1, member)
        : member;
  }

  /**
   * The types of session data that injection points name, in a stable order.
   *
   * @param isProvided whether the application has a bean of its own of that type
   */
  List<DataType> dataTypes(Predicate<Type> isProvided) {
    return requests.stream()
        .filter(request -> problem(request).isEmpty())
        .filter(request -> !isProvided.test(request.type))
        .map(request -> argument(request.type))
        // A wildcard passes in a lookup, and names no type.
        .filter(argument -> !(argument instanceof WildcardType))
        .distinct()
        .sorted(Comparator.comparing(Type::getTypeName))
        .map(DataType::new)
        .toList();
  }

  /** A class of the application that asks for something; the same at each deployment. */
  Optional<Class<?>> anyOwner() {
    return requests.stream().<Class<?>>map(Request::by).min(Comparator.comparing(Class::getName));
  }

  /** What is wrong with injection points, one text for each. */
  List<String> problems(Predicate<Type> isProvided) {
    return requests.stream()
        .filter(request -> !isProvided.test(request.type))
        .flatMap(request -> problem(request).stream())
        .distinct()
        .sorted()
        .toList();
  }

  /** The injection points, for people, whose type is not given. */
  List<String> unless(Predicate<Type> isGiven) {
    return requests.stream()
        .filter(request -> !request.lookup && !isGiven.test(request.type))
        .map(Request::point)
        .toList();
  }

  /** Forgets everything. */
  void clear() {
    requests.clear();
  }

  private static Type argument(Type type) {
    return ((ParameterizedType) type).getActualTypeArguments()[0];
  }

  private static Optional<String> problem(Request request) {
    String name = ((Class<?>) raw(request.type)).getSimpleName();
    if (request.type instanceof Class<?>) {
      return Optional.of(Messages.rawType(request.point, name));
    }
    Type argument = argument(request.type);
    if (argument instanceof WildcardType) {
      return request.lookup
          ? Optional.empty()
          : Optional.of(Messages.wildcard(request.point, shown(name, argument)));
    }
    if (argument instanceof TypeVariable<?>) {
      return Optional.of(Messages.typeVariable(request.point, shown(name, argument)));
    }
    if (!isConcrete(argument)) {
      return Optional.of(Messages.openType(request.point, shown(name, argument)));
    }
    return unfit((Class<?>) raw(argument))
        .map(reason -> Messages.unfitType(request.point, shown(name, argument), reason));
  }

  private static String shown(String name, Type argument) {
    return name + "<" + argument.getTypeName() + ">";
  }

  private static boolean isConcrete(Type type) {
    if (type instanceof Class<?> c) {
      return c.getTypeParameters().length == 0;
    }
    return type instanceof ParameterizedType p
        && Arrays.stream(p.getActualTypeArguments())
            .allMatch(
                argument ->
                    argument instanceof GenericArrayType array
                        ? isConcrete(array.getGenericComponentType())
                        : isConcrete(argument));
  }

  private static Optional<String> unfit(Class<?> data) {
    if (data.isArray()) {
      return Optional.of("an array is no session data; put it into a record");
    }
    if (data.isInterface() && !data.isSealed()) {
      return Optional.of(
          "nobody can tell which classes implement the interface; make it sealed, or put it into a"
              + " record");
    }
    if (Modifier.isAbstract(data.getModifiers()) && !data.isSealed() && !data.isEnum()) {
      return Optional.of(
          "nobody can tell which classes extend the abstract class; make it sealed or concrete");
    }
    return Optional.empty();
  }
}
