package org.typedsession.spi;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Where two values of session data differ, by their state: what a codec could write of them. No
 * {@code equals} of an application is asked.
 *
 * <p>Records and classes of the application are looked through by their fields, but for {@code
 * transient} ones; arrays and lists in their order; sets and maps in any, since a set that was
 * stored and read may have another. Enum constants are themselves. Values of the JDK are the same
 * if their class and their {@code equals} say so; those without an {@code equals} are told by their
 * text. What cannot be looked at, or nests deeper than {@value #MAXIMUM_DEPTH} levels, counts as
 * different.
 */
public final class DataDifference {
  private static final int MAXIMUM_DEPTH = 500;

  private static final ClassValue<List<Field>> STATE =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          return state(type);
        }
      };

  private static final ClassValue<Boolean> HAS_EQUALS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          try {
            return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
          } catch (NoSuchMethodException e) {
            throw new AssertionError("every class has an equals", e);
          }
        }
      };

  private final boolean strict;

  private DataDifference(boolean strict) {
    this.strict = strict;
  }

  /**
   * The way to the first difference: {@code .name} for a field, {@code []} for an element, {@code
   * {}} for an entry of a map. It quotes nothing of what is in the data.
   *
   * @return empty if there is no difference; an empty text if the two differ as a whole
   */
  public static Optional<String> between(@Nullable Object one, @Nullable Object other) {
    return Optional.ofNullable(new DataDifference(true).path(one, other, 0));
  }

  /**
   * As {@link #between}, but what is null on one side and not on the other is no difference: it may
   * be kept beside the state, and made when it is asked for. Nor is what cannot be looked at.
   */
  public static Optional<String> betweenPresent(@Nullable Object one, @Nullable Object other) {
    return Optional.ofNullable(new DataDifference(false).path(one, other, 0));
  }

  private boolean same(@Nullable Object one, @Nullable Object other, int depth) {
    return path(one, other, depth) == null;
  }

  private @Nullable String path(@Nullable Object one, @Nullable Object other, int depth) {
    if (one == other) {
      return null;
    }
    if (one == null || other == null) {
      return strict ? "" : null;
    }
    if (depth > MAXIMUM_DEPTH) {
      return "";
    }
    if (one instanceof Optional<?> a && other instanceof Optional<?> b) {
      return path(a.orElse(null), b.orElse(null), depth + 1);
    }
    if (one instanceof AtomicReference<?> a && other instanceof AtomicReference<?> b) {
      return path(a.get(), b.get(), depth + 1);
    }
    if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
      return areSame(a, b, depth + 1) ? null : "{}";
    }
    if (one instanceof Set<?> a && other instanceof Set<?> b) {
      return areSame(a, b, depth + 1) ? null : "[]";
    }
    if (one instanceof Collection<?> a && other instanceof Collection<?> b) {
      return a instanceof Set || b instanceof Set ? "" : step("[]", inOrder(a, b, depth + 1));
    }
    if (one.getClass() != other.getClass() || one instanceof Enum<?>) {
      return "";
    }
    if (one.getClass().isArray()) {
      return step("[]", elements(one, other, depth + 1));
    }
    if (isOfThePlatform(one.getClass())) {
      return isSameValue(one, other) ? null : "";
    }
    return fields(one, other, depth + 1);
  }

  private static boolean isSameValue(Object one, Object other) {
    // The equals of a URL asks the network.
    return (one instanceof URL || !HAS_EQUALS.get(one.getClass()))
        ? one.toString().equals(other.toString())
        : one.equals(other);
  }

  private static @Nullable String step(String step, @Nullable String rest) {
    return rest == null ? null : step + rest;
  }

  private @Nullable String inOrder(Collection<?> one, Collection<?> other, int depth) {
    Iterator<?> rest = other.iterator();
    for (Object element : one) {
      String path = rest.hasNext() ? path(element, rest.next(), depth) : "";
      if (path != null) {
        return path;
      }
    }
    return rest.hasNext() ? "" : null;
  }

  private @Nullable String elements(Object one, Object other, int depth) {
    int length = Array.getLength(one);
    if (length != Array.getLength(other)) {
      return "";
    }
    for (int i = 0; i < length; i++) {
      String path = path(Array.get(one, i), Array.get(other, i), depth);
      if (path != null) {
        return path;
      }
    }
    return null;
  }

  private @Nullable String fields(Object one, Object other, int depth) {
    try {
      for (Field field : STATE.get(one.getClass())) {
        String path = path(field.get(one), field.get(other), depth);
        if (path != null) {
          return "." + field.getName() + path;
        }
      }
      return null;
    } catch (IllegalAccessException | InaccessibleObjectException e) {
      // A module may be open to a codec alone.
      return strict ? "" : null;
    }
  }

  private static List<Field> state(Class<?> type) {
    List<Field> found = new ArrayList<>();
    for (Class<?> c = type; c != null && !isOfThePlatform(c); c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !Modifier.isTransient(field.getModifiers())) {
          field.setAccessible(true);
          found.add(field);
        }
      }
    }
    return List.copyOf(found);
  }

  private boolean areSame(Set<?> one, Set<?> other, int depth) {
    if (one.size() != other.size() || inOrder(one, other, depth) == null) {
      return one.size() == other.size();
    }
    // Copied, because a set may have an order that takes different values for the same.
    return one.stream().allMatch(DataDifference::isPlain)
        ? other.stream().allMatch(DataDifference::isPlain)
            && new HashSet<>(one).equals(new HashSet<>(other))
        : match(one, other, (a, b) -> same(a, b, depth));
  }

  private boolean areSame(Map<?, ?> one, Map<?, ?> other, int depth) {
    if (one.size() != other.size()) {
      return false;
    }
    if (one.keySet().stream().allMatch(DataDifference::isPlain)
        && other.keySet().stream().allMatch(DataDifference::isPlain)) {
      Map<?, ?> byKey = new HashMap<>(other);
      return one.entrySet().stream()
          .allMatch(
              entry ->
                  byKey.containsKey(entry.getKey())
                      && same(entry.getValue(), byKey.get(entry.getKey()), depth));
    }
    return match(
        one.entrySet(),
        other.entrySet(),
        (a, b) ->
            same(((Map.Entry<?, ?>) a).getKey(), ((Map.Entry<?, ?>) b).getKey(), depth)
                && same(((Map.Entry<?, ?>) a).getValue(), ((Map.Entry<?, ?>) b).getValue(), depth));
  }

  /** Whether each of the one has its like among the others, none of them used twice. */
  private static boolean match(
      Collection<?> one, Collection<?> other, BiPredicate<Object, Object> same) {
    List<Object> rest = new ArrayList<>(other);
    for (Object element : one) {
      boolean found = false;
      for (Iterator<Object> each = rest.iterator(); !found && each.hasNext(); ) {
        if (same.test(element, each.next())) {
          each.remove();
          found = true;
        }
      }
      if (!found) {
        return false;
      }
    }
    return rest.isEmpty();
  }

  /** Whether {@code equals} and {@code hashCode} of a value tell its state. */
  private static boolean isPlain(@Nullable Object value) {
    return value == null
        || value instanceof String
        || value instanceof Integer
        || value instanceof Long
        || value instanceof UUID
        || value instanceof Enum<?>;
  }

  private static boolean isOfThePlatform(Class<?> type) {
    String module = type.getModule().getName();
    return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
  }
}
