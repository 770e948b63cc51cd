package org.typedsession.core;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.typedsession.PrincipalName;
import org.typedsession.Privilege;
import org.typedsession.spi.DataDifference;

/**
 * Tells a privilege change from a routine one for one type of session data; see {@link Privilege}.
 *
 * <p>The type is looked through once, when the rule is made. Immutable and safe for use by many
 * threads.
 *
 * @param <D> the session data
 */
public final class PrivilegeRule<D> {
  private final Type type;
  private final boolean sealed;
  private final boolean declared;
  private final boolean alterable;
  // The data is a container of something marked, and so compared as a whole.
  private final boolean whole;
  // The record classes below D that hold a mark, at any depth, with what to compare of them.
  private final Map<Class<?>, List<Part>> marked;

  /**
   * One component to compare.
   *
   * @param field what is stored; an accessor may have been overridden
   * @param whole compared by all that it holds; otherwise by the marks inside of it
   * @param alterable whether what it holds could be altered in place
   */
  private record Part(Field field, boolean whole, boolean alterable) {
    @Nullable Object of(Object holder) {
      try {
        return field.get(holder);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + field, e);
      }
    }
  }

  private PrivilegeRule(
      Type type, boolean sealed, boolean whole, Map<Class<?>, List<Part>> marked) {
    this.type = type;
    this.sealed = sealed;
    this.whole = whole;
    this.marked = marked;
    this.declared = sealed || !marked.isEmpty();
    this.alterable =
        whole || marked.values().stream().flatMap(List::stream).anyMatch(Part::alterable);
  }

  /**
   * Looks {@code type} through.
   *
   * @param type the type of the data: a class, or a class with type arguments
   */
  public static <D> PrivilegeRule<D> of(Type type) {
    Resolved resolved = Resolved.of(type, Map.of());
    Map<Class<?>, List<Part>> marked = new Search().run(resolved);
    Class<?> raw = resolved.raw;
    // An enum whose constants have bodies is sealed to the compiler, with nothing to move between.
    boolean sealed = raw.isSealed() && !raw.isEnum();
    boolean whole = !raw.isRecord() && !raw.isSealed() && !marked.isEmpty();
    return new PrivilegeRule<>(type, sealed, whole, marked);
  }

  /** The type of the data. */
  public Type type() {
    return type;
  }

  /**
   * Whether the type says anywhere what a privilege is. If it does not, every change is one: safe,
   * and dearer than it has to be.
   */
  public boolean isDeclared() {
    return declared;
  }

  /**
   * Whether the application can alter in place what decides, as it can a list. An object that it
   * had in its hands does not tell what was there before, then.
   */
  public boolean isAlterable() {
    return alterable;
  }

  /**
   * Whether going from {@code before} to {@code after} is a privilege change. What is marked is
   * compared by its state, see {@link DataDifference}; never by its {@code equals}.
   *
   * @param before what is stored; if {@link #isAlterable}, read afresh
   */
  public boolean isPrivilegeChange(D before, D after) {
    return !declared
        || (sealed && kind(before) != kind(after))
        || (whole ? DataDifference.between(before, after).isPresent() : differs(before, after));
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
    return parts != null && differs(parts, before, after);
  }

  // A loop instead of a stream: every change comes by here.
  private boolean differs(List<Part> parts, Object before, Object after) {
    for (Part part : parts) {
      @Nullable Object one = part.of(before);
      @Nullable Object other = part.of(after);
      if (part.whole ? DataDifference.between(one, other).isPresent() : differs(one, other)) {
        return true;
      }
    }
    return false;
  }

  // An enum constant with a body has a class of its own, which is no subtype that anybody declared.
  private static Class<?> kind(Object value) {
    return value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
  }

  /**
   * A class with what its type variables stand for; of an array, the class of its elements.
   *
   * <p>A variable of which nothing is known stands for its bound.
   */
  private record Resolved(Class<?> raw, Map<TypeVariable<?>, Resolved> arguments) {

    static Resolved of(Type type, Map<TypeVariable<?>, Resolved> outer) {
      if (type instanceof Class<?> c) {
        return c.isArray() ? of(c.getComponentType(), outer) : new Resolved(c, Map.of());
      }
      if (type instanceof ParameterizedType parameterized) {
        Class<?> c = (Class<?>) parameterized.getRawType();
        Map<TypeVariable<?>, Resolved> arguments = new HashMap<>();
        for (int i = 0; i < c.getTypeParameters().length; i++) {
          TypeVariable<?> variable = c.getTypeParameters()[i];
          Type argument = parameterized.getActualTypeArguments()[i];
          // "?" says less than the bound of the variable that it stands for.
          arguments.put(variable, isUnbounded(argument) ? ofBound(variable) : of(argument, outer));
        }
        return new Resolved(c, arguments);
      }
      if (type instanceof GenericArrayType array) {
        return of(array.getGenericComponentType(), outer);
      }
      if (type instanceof WildcardType wildcard) {
        return of(wildcard.getUpperBounds()[0], outer);
      }
      TypeVariable<?> variable = (TypeVariable<?>) type;
      Resolved known = outer.get(variable);
      return known != null ? known : ofBound(variable);
    }

    private static Resolved ofBound(TypeVariable<?> variable) {
      return new Resolved(erased(variable.getBounds()[0]), Map.of());
    }

    private static boolean isUnbounded(Type type) {
      return type instanceof WildcardType wildcard && wildcard.getUpperBounds()[0] == Object.class;
    }

    /** A subclass, with its type variables as this class has them. */
    Resolved narrowed(Class<?> subclass) {
      Map<TypeVariable<?>, Resolved> inherited = new HashMap<>();
      List<Type> supertypes = new ArrayList<>(List.of(subclass.getGenericInterfaces()));
      supertypes.add(subclass.getGenericSuperclass());
      for (Type supertype : supertypes) {
        if (supertype instanceof ParameterizedType parameterized
            && parameterized.getRawType() == raw) {
          for (int i = 0; i < raw.getTypeParameters().length; i++) {
            Resolved argument = arguments.get(raw.getTypeParameters()[i]);
            if (argument != null
                && parameterized.getActualTypeArguments()[i] instanceof TypeVariable<?> variable) {
              inherited.put(variable, argument);
            }
          }
        }
      }
      return new Resolved(subclass, inherited);
    }

    private static Class<?> erased(Type type) {
      if (type instanceof Class<?> c) {
        return c;
      }
      return type instanceof ParameterizedType parameterized
          ? (Class<?>) parameterized.getRawType()
          : Object.class;
    }
  }

  /** One walk through a type, with every class visited once per set of type arguments. */
  private static final class Search {
    // Type arguments that grow with every step down end here; what lies deeper counts as marked.
    private static final int MAXIMUM_DEPTH = 32;

    private static final Set<Class<?>> IMMUTABLE =
        Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            UUID.class,
            URI.class,
            Locale.class,
            Currency.class);

    private final Map<Class<?>, Map<String, Part>> found = new HashMap<>();
    private final Set<Resolved> marked = new HashSet<>();
    private final Set<Resolved> visited = new HashSet<>();

    Map<Class<?>, List<Part>> run(Resolved type) {
      // A recursive type may hold its first mark behind the place where the walk came in, so walk
      // until nothing new turns up. Marks are only ever added, so that ends.
      int before;
      do {
        before = marked.size();
        visited.clear();
        visit(type, 0);
      } while (marked.size() > before);
      Map<Class<?>, List<Part>> parts = new HashMap<>();
      found.forEach((holder, byName) -> parts.put(holder, List.copyOf(byName.values())));
      return Map.copyOf(parts);
    }

    /** Whether {@code type}, at any depth, holds a mark that is known by now. */
    private boolean visit(Resolved type, int depth) {
      if (depth > MAXIMUM_DEPTH) {
        return true;
      }
      if (visited.add(type) && isMarked(type, depth + 1)) {
        marked.add(type);
      }
      return marked.contains(type);
    }

    private boolean isMarked(Resolved type, int depth) {
      boolean inside = false;
      if (type.raw.isRecord()) {
        inside = visitRecord(type, depth);
      } else if (type.raw.isSealed()) {
        for (Class<?> permitted : type.raw.getPermittedSubclasses()) {
          inside |= visit(type.narrowed(permitted), depth);
        }
      } else {
        for (Resolved argument : type.arguments.values()) {
          inside |= visit(argument, depth);
        }
      }
      return inside;
    }

    private boolean visitRecord(Resolved type, int depth) {
      boolean any = false;
      for (RecordComponent component : type.raw.getRecordComponents()) {
        boolean inside = visit(Resolved.of(component.getGenericType(), type.arguments), depth);
        boolean itself =
            component.isAnnotationPresent(Privilege.class)
                || component.isAnnotationPresent(PrincipalName.class);
        if (inside || itself) {
          any = true;
          boolean container = !component.getType().isRecord() && !component.getType().isSealed();
          // Added to what the same class with other type arguments holds.
          found
              .computeIfAbsent(type.raw, holder -> new HashMap<>())
              .put(
                  component.getName(),
                  new Part(
                      field(type.raw, component),
                      itself || container,
                      (itself || container) && !isImmutable(component.getType(), 0)));
        }
      }
      return any;
    }

    private static Field field(Class<?> holder, RecordComponent component) {
      try {
        Field field = holder.getDeclaredField(component.getName());
        field.setAccessible(true);
        return field;
      } catch (NoSuchFieldException e) {
        throw new AssertionError("every component of a record has its field", e);
      }
    }

    private static boolean isImmutable(Class<?> type, int depth) {
      if (type.isRecord()) {
        return depth < MAXIMUM_DEPTH
            && Arrays.stream(type.getRecordComponents())
                .allMatch(each -> isImmutable(each.getType(), depth + 1));
      }
      return type.isPrimitive()
          || type.isEnum()
          || IMMUTABLE.contains(type)
          || (type.getName().startsWith("java.time.") && Modifier.isFinal(type.getModifiers()));
    }
  }
}
