package org.typedsession.assembly;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import org.typedsession.config.DataName;

/**
 * One type of session data.
 *
 * @param type a class or a parameterized type without variables and wildcards
 */
public record DataType(Type type) {
  DataName name() {
    return DataName.of(type);
  }

  /** The type as the names of its settings and of its configuration have it. */
  public String simpleName() {
    return name().simple();
  }

  /** The class, without type arguments. */
  public Class<?> raw() {
    return (Class<?>) (type instanceof ParameterizedType p ? p.getRawType() : type);
  }

  /** Whether {@code loader} knows these very classes. */
  boolean isVisibleTo(ClassLoader loader) {
    return isVisible(type, loader);
  }

  private static boolean isVisible(Type part, ClassLoader loader) {
    if (part instanceof ParameterizedType parameterized) {
      return isVisible(parameterized.getRawType(), loader)
          && Arrays.stream(parameterized.getActualTypeArguments())
              .allMatch(argument -> isVisible(argument, loader));
    }
    if (part instanceof GenericArrayType array) {
      return isVisible(array.getGenericComponentType(), loader);
    }
    if (!(part instanceof Class<?> known) || known.isPrimitive()) {
      return true;
    }
    try {
      return Class.forName(known.getName(), false, loader) == known;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return type.getTypeName();
  }
}
