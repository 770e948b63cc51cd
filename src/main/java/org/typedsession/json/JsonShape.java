package org.typedsession.json;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one Java type look in JSON.
 *
 * <p>A shape may throw any unchecked exception for a value or a text that is not of its type; the
 * codec makes one kind of them.
 */
interface JsonShape {

  void write(JsonOutput out, Object value);

  Object read(JsonValue json);

  /** What stands for a JSON {@code null}. */
  default @Nullable Object ofNull() {
    return null;
  }

  /** What stands for a property that the writer did not know. */
  default @Nullable Object absent() {
    return ofNull();
  }

  default void writeNullable(JsonOutput out, @Nullable Object value) {
    if (value == null) {
      out.nothing();
    } else {
      write(out, value);
    }
  }

  default @Nullable Object readNullable(JsonValue json) {
    return json.getValueType() == JsonValue.ValueType.NULL ? ofNull() : read(json);
  }

  /** A shape that can also be the name of a JSON property, for the keys of a map. */
  interface Key extends JsonShape {

    String toKey(Object value);

    Object fromKey(String key);
  }

  /** A shape that is a JSON object, and so can carry the name of its type beside its members. */
  interface Members extends JsonShape {

    void writeMembers(JsonOutput out, Object value);

    Object readMembers(JsonObject json);

    @Override
    default void write(JsonOutput out, Object value) {
      out.startObject();
      writeMembers(out, value);
      out.end();
    }

    @Override
    default Object read(JsonValue json) {
      return readMembers(json.asJsonObject());
    }
  }
}
