package org.typedsession.cdi;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.typedsession.Session;
import org.typedsession.SessionStore;
import org.typedsession.config.DataName;
import org.typedsession.core.DefaultSessionStore;

/**
 * One type of session data, and the types that CDI knows its beans by.
 *
 * @param type a class or a parameterized type without variables and wildcards
 */
record DataType(Type type) {
  DataName name() {
    return DataName.of(type);
  }

  Class<?> raw() {
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

  Type session() {
    return new Of(Session.class, type);
  }

  Type store() {
    return new Of(SessionStore.class, type);
  }

  Type defaultStore() {
    return new Of(DefaultSessionStore.class, type);
  }

  @Override
  public String toString() {
    return type.getTypeName();
  }

  /** {@code raw<argument>}, equal to every other implementation of that type. */
  private static final class Of implements ParameterizedType {
    private final Class<?> raw;
    private final Type argument;

    Of(Class<?> raw, Type argument) {
      this.raw = raw;
      this.argument = argument;
    }

    @Override
    public Type[] getActualTypeArguments() {
      return new Type[] {argument};
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public @Nullable Type getOwnerType() {
      return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ParameterizedType that
          && that.getOwnerType() == null
          && that.getRawType().equals(raw)
          && Arrays.equals(that.getActualTypeArguments(), getActualTypeArguments());
    }

    // As the JDK's own implementation does it, for maps that hold both.
    @Override
    public int hashCode() {
      return Arrays.hashCode(getActualTypeArguments()) ^ Objects.hashCode(null) ^ raw.hashCode();
    }

    @Override
    public String toString() {
      return raw.getName() + "<" + argument.getTypeName() + ">";
    }
  }
}
