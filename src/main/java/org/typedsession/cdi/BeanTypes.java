package org.typedsession.cdi;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.typedsession.Session;
import org.typedsession.SessionStore;
import org.typedsession.assembly.DataType;
import org.typedsession.core.DefaultSessionStore;

/** The types that CDI knows the beans of a type of session data by. */
final class BeanTypes {
  private BeanTypes() {}

  static Type session(DataType data) {
    return new Of(Session.class, data.type());
  }

  static Type store(DataType data) {
    return new Of(SessionStore.class, data.type());
  }

  static Type defaultStore(DataType data) {
    return new Of(DefaultSessionStore.class, data.type());
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
