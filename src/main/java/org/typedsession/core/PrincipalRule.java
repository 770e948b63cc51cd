package org.typedsession.core;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.typedsession.PrincipalName;

/**
 * Reads the principal's name from session data whose type marks it; see {@link PrincipalName}.
 *
 * <p>The type is looked through once, when the rule is made. Immutable and safe for use by many
 * threads.
 */
public final class PrincipalRule {
  /** For each record on the way to a mark, the component to go on with. */
  private final Map<Class<?>, Method> steps;

  private PrincipalRule(Map<Class<?>, Method> steps) {
    this.steps = Map.copyOf(steps);
  }

  /**
   * Looks {@code type} through.
   *
   * @throws IllegalArgumentException if a mark is where it cannot be; the text says why
   */
  public static PrincipalRule of(Type type) {
    Search search = new Search();
    search.leads(raw(type));
    return new PrincipalRule(search.steps);
  }

  private static Class<?> raw(Type type) {
    if (type instanceof Class<?> c) {
      return c;
    }
    return type instanceof ParameterizedType parameterized
        ? (Class<?>) parameterized.getRawType()
        : Object.class;
  }

  /** Whether the type says anywhere who the principal is. */
  public boolean isDeclared() {
    return !steps.isEmpty();
  }

  /** The principal's name; null if there is none. */
  public @Nullable String nameIn(Object data) {
    Object at = data;
    Method step;
    while (at != null && (step = steps.get(at.getClass())) != null) {
      try {
        at = step.invoke(at);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + step, e);
      }
    }
    // Where the data itself is text, nothing says that it is a name.
    return at != data && at instanceof String name && !name.isEmpty() ? name : null;
  }

  private static final class Search {
    private final Map<Class<?>, Method> steps = new HashMap<>();
    private final Map<Class<?>, Boolean> visited = new HashMap<>();

    /** Whether a value of {@code type} may lead to a mark. */
    boolean leads(Class<?> type) {
      Boolean known = visited.get(type);
      if (known != null) {
        return known;
      }
      // A type that holds itself leads nowhere new.
      visited.put(type, false);
      boolean leads = false;
      if (type.isRecord()) {
        leads = look(type);
      } else if (type.isSealed()) {
        for (Class<?> permitted : type.getPermittedSubclasses()) {
          leads |= leads(permitted);
        }
      }
      visited.put(type, leads);
      return leads;
    }

    private boolean look(Class<?> type) {
      List<RecordComponent> found = new ArrayList<>();
      for (RecordComponent component : type.getRecordComponents()) {
        if (component.isAnnotationPresent(PrincipalName.class)) {
          if (component.getType() != String.class) {
            throw new IllegalArgumentException(
                "@PrincipalName is on %s.%s, which is of type %s; it has to be a String"
                    .formatted(
                        type.getName(), component.getName(), component.getType().getSimpleName()));
          }
          found.add(component);
        } else if (leads(component.getType())) {
          found.add(component);
        }
      }
      if (found.size() > 1) {
        throw new IllegalArgumentException(
            "%s leads to several components marked @PrincipalName, by %s and %s; leave one"
                .formatted(type.getName(), found.get(0).getName(), found.get(1).getName()));
      }
      if (found.isEmpty()) {
        return false;
      }
      Method accessor = found.get(0).getAccessor();
      accessor.setAccessible(true);
      steps.put(type, accessor);
      return true;
    }
  }
}
