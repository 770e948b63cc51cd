package org.typedsession.json;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;

/** The shapes of the application's own types: records, classes, enums and sealed types. */
final class ObjectShapes {

  // No Java identifier has an @, so these cannot meet a component or a field.
  private static final String TYPE = "@type";
  private static final String VALUE = "@value";

  private ObjectShapes() {}

  record Component(String name, Method accessor, JsonShape shape) {}

  record Property(Field field, JsonShape shape) {}

  record Subtype(String name, JsonShape.Members shape) {}

  /** A record: one property per component; read through the canonical constructor. */
  record RecordShape(Constructor<?> constructor, List<Component> components)
      implements JsonShape.Members {

    @Override
    public void writeMembers(JsonOutput out, Object value) {
      for (Component component : components) {
        out.key(component.name);
        try {
          component.shape.writeNullable(out, component.accessor.invoke(value));
        } catch (ReflectiveOperationException | RuntimeException e) {
          throw failure("written", component.name, constructor, e);
        }
      }
    }

    @Override
    public Object readMembers(JsonObject json) {
      @Nullable Object[] arguments = new @Nullable Object[components.size()];
      for (int i = 0; i < arguments.length; i++) {
        Component component = components.get(i);
        arguments[i] = readMember(json, component.name, component.shape, constructor);
      }
      return construct(constructor, arguments);
    }
  }

  /** A class with a no-argument constructor: one property per field. */
  record ClassShape(Constructor<?> constructor, List<Property> properties)
      implements JsonShape.Members {

    @Override
    public void writeMembers(JsonOutput out, Object value) {
      if (value.getClass() != constructor.getDeclaringClass()) {
        throw new SessionCodecException(
            value.getClass().getName()
                + " cannot be stored where "
                + constructor.getDeclaringClass().getName()
                + " is declared; only a sealed type tells its subtypes apart",
            null);
      }
      for (Property property : properties) {
        String name = property.field.getName();
        out.key(name);
        try {
          property.shape.writeNullable(out, property.field.get(value));
        } catch (ReflectiveOperationException | RuntimeException e) {
          throw failure("written", name, constructor, e);
        }
      }
    }

    @Override
    public Object readMembers(JsonObject json) {
      Object value = construct(constructor);
      for (Property property : properties) {
        String name = property.field.getName();
        if (json.containsKey(name)) { // else it keeps what the constructor gave it
          try {
            property.field.set(value, readMember(json, name, property.shape, constructor));
          } catch (ReflectiveOperationException e) {
            throw failure("read", name, constructor, e);
          }
        }
      }
      return value;
    }
  }

  /** An enum: its constant's name. */
  record EnumShape(Class<?> type) implements JsonShape.Key, JsonShape.Members {

    @Override
    public void write(JsonOutput out, Object value) {
      out.text(toKey(value));
    }

    @Override
    public Object read(JsonValue json) {
      return fromKey(((JsonString) json).getString());
    }

    @Override
    public void writeMembers(JsonOutput out, Object value) {
      out.key(VALUE);
      write(out, value);
    }

    @Override
    public Object readMembers(JsonObject json) {
      return fromKey(json.getString(VALUE));
    }

    @Override
    public String toKey(Object value) {
      return ((Enum<?>) value).name();
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // the class is known only here, at run time
    public Object fromKey(String key) {
      return Enum.valueOf((Class) type, key);
    }
  }

  /** A sealed type: the members of the subtype, behind the subtype's name. */
  record SealedShape(Class<?> type, Map<Class<?>, Subtype> byClass, Map<String, Subtype> byName)
      implements JsonShape {

    @Override
    public void write(JsonOutput out, Object value) {
      // A constant with a body is of a class of its own.
      Class<?> actual = value instanceof Enum<?> e ? e.getDeclaringClass() : value.getClass();
      Subtype subtype = byClass.get(actual);
      if (subtype == null) {
        throw new SessionCodecException(
            actual.getName() + " is no permitted subtype of " + type.getName(), null);
      }
      out.startObject();
      out.key(TYPE);
      out.text(subtype.name);
      subtype.shape.writeMembers(out, value);
      out.end();
    }

    @Override
    public Object read(JsonValue json) {
      JsonObject object = json.asJsonObject();
      // Looked up among the permitted ones, never loaded: the bytes choose, but do not name.
      Subtype subtype = object.get(TYPE) instanceof JsonString n ? byName.get(n.getString()) : null;
      if (subtype == null) {
        throw new SessionCodecException(
            "the stored "
                + TYPE
                + " is none of the permitted subtypes of "
                + type.getName()
                + ", which are "
                + byName.keySet(),
            null);
      }
      return subtype.shape.readMembers(object);
    }
  }

  private static @Nullable Object readMember(
      JsonObject json, String name, JsonShape shape, Constructor<?> owner) {
    JsonValue value = json.get(name);
    try {
      return value == null ? shape.absent() : shape.readNullable(value);
    } catch (RuntimeException e) {
      throw failure("read", name, owner, e);
    }
  }

  private static Object construct(Constructor<?> constructor, @Nullable Object... arguments) {
    try {
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new SessionCodecException(
          constructor.getDeclaringClass().getName() + " does not accept what is stored",
          e.getTargetException());
    } catch (ReflectiveOperationException e) {
      throw new SessionCodecException(
          constructor.getDeclaringClass().getName() + " cannot be constructed", e);
    }
  }

  /** Names the innermost place only: that is where the mistake is. */
  private static SessionCodecException failure(
      String done, String member, Constructor<?> owner, Exception cause) {
    return cause instanceof SessionCodecException known
        ? known
        : new SessionCodecException(
            owner.getDeclaringClass().getName() + "." + member + " cannot be " + done, cause);
  }
}
