package org.typedsession.json;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A Java type with every type variable resolved. Unlike {@link Type}, it has one form for one type,
 * so that it can be a key.
 *
 * @param arguments the type arguments; of an array, its component type
 */
record JavaType(Class<?> raw, List<JavaType> arguments) {

  /**
   * @throws IllegalArgumentException whose text is a reason only; the caller knows the place
   */
  static JavaType of(Type type, Map<TypeVariable<?>, JavaType> bindings) {
    if (type instanceof Class<?> raw) {
      if (raw.isArray()) {
        return new JavaType(raw, List.of(of(raw.getComponentType(), bindings)));
      }
      if (raw.getTypeParameters().length > 0) {
        throw new IllegalArgumentException(
            raw.getName() + " is used without its type arguments; name them");
      }
      return new JavaType(raw, List.of());
    }
    if (type instanceof ParameterizedType parameterized) {
      return new JavaType(
          (Class<?>) parameterized.getRawType(),
          Stream.of(parameterized.getActualTypeArguments()).map(a -> of(a, bindings)).toList());
    }
    if (type instanceof GenericArrayType array) {
      JavaType component = of(array.getGenericComponentType(), bindings);
      return new JavaType(component.raw.arrayType(), List.of(component));
    }
    if (type instanceof WildcardType wildcard) {
      return of(wildcard.getUpperBounds()[0], bindings);
    }
    JavaType bound = type instanceof TypeVariable<?> variable ? bindings.get(variable) : null;
    if (bound == null) {
      throw new IllegalArgumentException(
          "the type variable " + type.getTypeName() + " stands for no type; name a concrete one");
    }
    return bound;
  }

  /** What the type variables of {@link #raw} stand for. */
  Map<TypeVariable<?>, JavaType> bindings() {
    Map<TypeVariable<?>, JavaType> bindings = new HashMap<>();
    TypeVariable<?>[] parameters = raw.getTypeParameters();
    for (int i = 0; i < parameters.length; i++) {
      bindings.put(parameters[i], arguments.get(i));
    }
    return bindings;
  }

  /** A direct subtype, its own type variables resolved from what this type's stand for. */
  JavaType subtype(Class<?> subclass) {
    Map<TypeVariable<?>, JavaType> found = new HashMap<>();
    List<Type> parents = new ArrayList<>(List.of(subclass.getGenericInterfaces()));
    if (subclass.getGenericSuperclass() != null) {
      parents.add(subclass.getGenericSuperclass());
    }
    parents.forEach(parent -> match(parent, this, found));
    return new JavaType(
        subclass, Stream.of(subclass.getTypeParameters()).map(v -> of(v, found)).toList());
  }

  private static void match(Type declared, JavaType actual, Map<TypeVariable<?>, JavaType> found) {
    if (declared instanceof TypeVariable<?> variable) {
      found.put(variable, actual);
    } else if (declared instanceof ParameterizedType parameterized
        && parameterized.getRawType() == actual.raw) {
      Type[] declaredArguments = parameterized.getActualTypeArguments();
      for (int i = 0; i < declaredArguments.length; i++) {
        match(declaredArguments[i], actual.arguments.get(i), found);
      }
    }
  }

  @Override
  public String toString() {
    return raw.isArray() || arguments.isEmpty()
        ? raw.getTypeName()
        : arguments.stream()
            .map(JavaType::toString)
            .collect(joining(", ", raw.getTypeName() + "<", ">"));
  }
}
