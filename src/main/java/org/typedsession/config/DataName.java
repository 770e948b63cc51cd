package org.typedsession.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What a type of session data is called in settings.
 *
 * @param simple without packages and of key characters only: {@code Cart}, {@code Page-Item}
 * @param full with packages: {@code com.acme.Cart}, {@code com.acme.Page<com.acme.Item>}
 */
public record DataName(String simple, String full) {
  /** The name of a class or a parameterized type. */
  public static DataName of(Type type) {
    return new DataName(simple(type), type.getTypeName());
  }

  private static String simple(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return simple(parameterized.getRawType())
          + Arrays.stream(parameterized.getActualTypeArguments())
              .map(argument -> "-" + simple(argument))
              .collect(Collectors.joining());
    }
    return type instanceof Class<?> c ? c.getSimpleName() : type.getTypeName();
  }
}
