package org.typedsession.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import java.lang.reflect.Array;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes a member, and tells when it writes something of which nobody knows yet whether it can be
 * read back: the first value that shows it, and where the JDK leaves subclasses open (a {@code
 * java.util.Date}), the first of each class, also inside of what holds several.
 */
final class ProvedProperty extends BeanPropertyWriter {
  private static final long serialVersionUID = 1L;

  private final boolean open;
  private final transient Set<Class<?>> proved = ConcurrentHashMap.newKeySet();
  private transient volatile boolean done;

  ProvedProperty(BeanPropertyWriter property) {
    super(property);
    this.open = isOpen(property.getType());
  }

  private static boolean isOpen(JavaType type) {
    if (type.isContainerType() || type.isReferenceType()) {
      return (type.getKeyType() != null && isOpen(type.getKeyType()))
          || (type.getContentType() != null && isOpen(type.getContentType()));
    }
    Class<?> raw = type.getRawClass();
    return raw.getName().startsWith("java.") && !Modifier.isFinal(raw.getModifiers());
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
    Set<Class<?>> classes = classesIn(get(bean));
    if (!classes.isEmpty() && !proved.containsAll(classes)) {
      output.note(
          () -> {
            proved.addAll(classes);
            done = !open;
          });
    }
  }

  /**
   * The classes of all that could be read back wrongly, in whatever holds it; none if there is
   * nothing.
   */
  static Set<Class<?>> classesIn(@Nullable Object value) {
    if (value != null && !isHolder(value)) {
      return isEmptyArray(value) ? Set.of() : Set.of(value.getClass());
    }
    Set<Class<?>> classes = new HashSet<>(2);
    collect(value, classes);
    return classes;
  }

  private static boolean isHolder(Object value) {
    return value instanceof Optional<?>
        || value instanceof AtomicReference<?>
        || value instanceof Collection<?>
        || value instanceof Map<?, ?>
        || value instanceof Object[];
  }

  private static boolean isEmptyArray(Object value) {
    return value.getClass().isArray() && Array.getLength(value) == 0;
  }

  private static void collect(@Nullable Object value, Set<Class<?>> classes) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(held -> collect(held, classes));
    } else if (value instanceof AtomicReference<?> reference) {
      collect(reference.get(), classes);
    } else if (value instanceof Collection<?> collection) {
      collection.forEach(element -> collect(element, classes));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, held) -> {
            collect(key, classes);
            collect(held, classes);
          });
    } else if (value instanceof Object[] array) {
      for (Object element : array) {
        collect(element, classes);
      }
    } else if (value != null && !isEmptyArray(value)) {
      classes.add(value.getClass());
    }
  }
}
