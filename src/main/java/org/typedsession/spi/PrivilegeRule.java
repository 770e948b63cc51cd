package org.typedsession.spi;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.typedsession.Privilege;

/**
 * Tells a privilege change from a routine one for one type of session data; see {@link Privilege}.
 *
 * <p>The type is looked through once, when the rule is made. Immutable and safe for use by many
 * threads.
 *
 * @param <D> the session data
 */
public final class PrivilegeRule<D> {
  private final boolean sealed;
  private final boolean declared;
  // The record classes below D that hold a mark, at any depth, with what to compare of them.
  private final Map<Class<?>, List<Part>> marked;

  /**
   * One component to compare.
   *
   * @param whole compared by {@code equals}; otherwise by the marks inside of it
   */
  private record Part(Method accessor, boolean whole) {
    @Nullable Object of(Object holder) {
      try {
        return accessor.invoke(holder);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + accessor, e);
      }
    }
  }

  private PrivilegeRule(boolean sealed, Map<Class<?>, List<Part>> marked) {
    this.sealed = sealed;
    this.marked = marked;
    this.declared = sealed || !marked.isEmpty();
  }

  /**
   * Looks {@code type} through.
   *
   * @param type the type of the data: a class, or a class with type arguments
   */
  public static <D> PrivilegeRule<D> of(Type type) {
    Class<?> raw = raw(type);
    return new PrivilegeRule<>(raw != null && raw.isSealed(), new Search().run(type));
  }

  /**
   * Whether the type says anywhere what a privilege is. If it does not, every change is one: safe,
   * and dearer than it has to be.
   */
  public boolean isDeclared() {
    return declared;
  }

  /** Whether going from {@code before} to {@code after} is a privilege change. */
  public boolean isPrivilegeChange(D before, D after) {
    return !declared || (sealed && kind(before) != kind(after)) || differs(before, after);
  }

  private boolean differs(@Nullable Object before, @Nullable Object after) {
    if (before == after) {
      return false;
    }
    List<Part> parts = before == null ? null : marked.get(kind(before));
    if (before == null || after == null || kind(before) != kind(after)) {
      // One of the two has marks that the other cannot match.
      return parts != null || (after != null && marked.containsKey(kind(after)));
    }
    return parts != null
        && parts.stream()
            .anyMatch(
                part ->
                    part.whole
                        ? !Objects.deepEquals(part.of(before), part.of(after))
                        : differs(part.of(before), part.of(after)));
  }

  // An enum constant with a body has a class of its own, which is no subtype that anybody declared.
  private static Class<?> kind(Object value) {
    return value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
  }

  private static @Nullable Class<?> raw(Type type) {
    if (type instanceof Class<?> c) {
      return c;
    }
    return type instanceof ParameterizedType p ? (Class<?>) p.getRawType() : null;
  }

  /** One walk through a type, with every class visited once per set of type arguments. */
  private static final class Search {
    private final Map<Class<?>, List<Part>> found = new HashMap<>();
    private final Set<String> visited = new HashSet<>();
    private boolean grew;

    Map<Class<?>, List<Part>> run(Type type) {
      // A recursive type may hold its first mark behind the place where the walk came in, so walk
      // until nothing new turns up.
      do {
        grew = false;
        visited.clear();
        visit(type, Map.of());
      } while (grew);
      return Map.copyOf(found);
    }

    /** Whether {@code type}, at any depth, holds a mark that is known by now. */
    private boolean visit(Type type, Map<TypeVariable<?>, Type> arguments) {
      if (type instanceof TypeVariable<?> variable) {
        Type argument = arguments.get(variable);
        return argument != null && visit(argument, Map.of());
      }
      if (type instanceof GenericArrayType array) {
        return visit(array.getGenericComponentType(), arguments);
      }
      if (type instanceof WildcardType wildcard) {
        return visit(wildcard.getUpperBounds()[0], arguments);
      }
      Class<?> c = Objects.requireNonNull(raw(type));
      if (c.isArray()) {
        return visit(c.getComponentType(), arguments);
      }
      Map<TypeVariable<?>, Type> inner = bind(c, type, arguments);
      if (!visited.add(c + " " + inner)) {
        return found.containsKey(c);
      }
      boolean marked = false;
      if (c.isRecord()) {
        marked = visitRecord(c, inner);
      } else if (c.isSealed()) {
        for (Class<?> permitted : c.getPermittedSubclasses()) {
          marked |= visit(permitted, Map.of());
        }
      } else {
        for (Type argument : inner.values()) {
          marked |= visit(argument, Map.of());
        }
      }
      return marked;
    }

    private boolean visitRecord(Class<?> c, Map<TypeVariable<?>, Type> arguments) {
      List<Part> parts = new ArrayList<>();
      for (RecordComponent component : c.getRecordComponents()) {
        boolean inside = visit(component.getGenericType(), arguments);
        boolean itself = component.isAnnotationPresent(Privilege.class);
        if (inside || itself) {
          Method accessor = component.getAccessor();
          accessor.setAccessible(true);
          boolean container = !component.getType().isRecord() && !component.getType().isSealed();
          parts.add(new Part(accessor, itself || container));
        }
      }
      if (parts.isEmpty()) {
        return false;
      }
      List<Part> before = found.put(c, List.copyOf(parts));
      grew |= before == null || before.size() != parts.size();
      return true;
    }

    private static Map<TypeVariable<?>, Type> bind(
        Class<?> c, Type type, Map<TypeVariable<?>, Type> outer) {
      if (!(type instanceof ParameterizedType parameterized)) {
        return Map.of();
      }
      Map<TypeVariable<?>, Type> bound = new HashMap<>();
      TypeVariable<?>[] variables = c.getTypeParameters();
      for (int i = 0; i < variables.length; i++) {
        Type argument = parameterized.getActualTypeArguments()[i];
        Type resolved = argument instanceof TypeVariable<?> v ? outer.get(v) : argument;
        if (resolved != null) {
          bound.put(variables[i], resolved);
        }
      }
      return bound;
    }
  }
}
