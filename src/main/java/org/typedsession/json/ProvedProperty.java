package org.typedsession.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import java.lang.reflect.Array;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a member, and tells when it writes something of which nobody knows yet whether it can be
 * read back: the first value that shows it, and where the JDK leaves subclasses open (a {@code
 * java.util.Date}), the first of each class.
 */
final class ProvedProperty extends BeanPropertyWriter {
  private static final long serialVersionUID = 1L;

  private final boolean open;
  private final transient Set<Class<?>> proved = ConcurrentHashMap.newKeySet();
  private transient volatile boolean done;

  ProvedProperty(BeanPropertyWriter property) {
    super(property);
    Class<?> raw = property.getType().getRawClass();
    this.open =
        raw.getName().startsWith("java.")
            && !Modifier.isFinal(raw.getModifiers())
            && !property.getType().isContainerType()
            && !property.getType().isReferenceType();
  }

  @Override
  public void serializeAsField(Object bean, JsonGenerator json, SerializerProvider provider)
      throws Exception {
    note(bean, json);
    super.serializeAsField(bean, json, provider);
  }

  @Override
  public void serializeAsElement(Object bean, JsonGenerator json, SerializerProvider provider)
      throws Exception {
    note(bean, json);
    super.serializeAsElement(bean, json, provider);
  }

  private void note(Object bean, JsonGenerator json) throws Exception {
    if (done || !(json.getOutputTarget() instanceof Output output)) {
      return;
    }
    Object value = get(bean);
    if (value != null && !proved.contains(value.getClass()) && shows(value)) {
      output.note(
          () -> {
            proved.add(value.getClass());
            done = !open;
          });
    }
  }

  /** Whether a value holds anything that could be read back wrongly. */
  static boolean shows(@Nullable Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.filter(ProvedProperty::shows).isPresent();
    }
    if (value instanceof Collection<?> collection) {
      return collection.stream().anyMatch(ProvedProperty::shows);
    }
    if (value instanceof Map<?, ?> map) {
      return map.values().stream().anyMatch(ProvedProperty::shows);
    }
    if (value instanceof Object[] array) {
      for (Object element : array) {
        if (shows(element)) {
          return true;
        }
      }
      return false;
    }
    return value != null && !(value.getClass().isArray() && Array.getLength(value) == 0);
  }
}
