package org.typedsession.json;

import static java.lang.reflect.Modifier.isAbstract;
import static java.lang.reflect.Modifier.isStatic;
import static java.lang.reflect.Modifier.isTransient;

import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.AbstractDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Calendar;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SimpleTimeZone;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Walks a type and everything it is made of, once, and refuses what Jackson would only fail at, or
 * lose, in a user's session. Builds all readers on the way, so that Jackson's own refusals are seen
 * as well.
 */
final class TypeCheck {

  /** Far deeper than real types nest; {@code record R<T>(R<List<T>> next)} never ends. */
  private static final int MAX_TYPE_DEPTH = 100;

  // Jackson reads them as whatever the bytes look like, or loads the class that they name.
  private static final Set<Class<?>> OPEN =
      Set.of(Object.class, Serializable.class, Number.class, CharSequence.class, Class.class);

  // What they are read as differs from what was written, for some of their values.
  private static final Map<Class<?>, String> LOSSY =
      Map.of(
          InetAddress.class, "its host name",
          SocketAddress.class, "its host name",
          Calendar.class, "its zone",
          Path.class, "that it is relative",
          File.class, "that it is relative",
          Pattern.class, "its flags",
          SimpleTimeZone.class, "its rules",
          PriorityQueue.class, "its order",
          PriorityBlockingQueue.class, "its order");

  private final ObjectMapper mapper;
  private final DeserializationContext readers;
  private final Set<Class<?>> beans; // filled for the writers, which refuse all others
  private final JavaType root;
  private final Set<JavaType> seen = new HashSet<>();
  private final Deque<String> path = new ArrayDeque<>();
  private boolean ownForms;

  private TypeCheck(ObjectMapper mapper, JavaType root, Set<Class<?>> beans) {
    this.mapper = mapper;
    this.readers =
        ((DefaultDeserializationContext) mapper.getDeserializationContext())
            .createDummyInstance(mapper.getDeserializationConfig());
    this.root = root;
    this.beans = beans;
  }

  /**
   * @param beans filled with the records and classes that are read and written by their members
   * @return whether an annotation gives something a form that may keep some values and lose others,
   *     so that one that has come back proves nothing about the next
   * @throws IllegalArgumentException naming the type, the path to the culprit and the reason
   */
  static boolean check(ObjectMapper mapper, JavaType type, Set<Class<?>> beans) {
    TypeCheck check = new TypeCheck(mapper, type, beans);
    check.at(simpleName(type.toCanonical()), type);
    for (Class<?> bean : beans) {
      for (Class<?> other : beans) {
        if (bean != other && bean.isAssignableFrom(other) && !SealedTypes.isSealed(bean)) {
          throw check.refuse(other + " extends " + bean + ", which tells neither; make it sealed");
        }
      }
    }
    return check.ownForms;
  }

  private void at(String step, JavaType type) {
    path.addLast(step);
    if (path.size() > MAX_TYPE_DEPTH) {
      throw refuse("the type never ends; let it refer to itself with the same type arguments");
    }
    if (SealedTypes.isSealed(type.getRawClass())) {
      subtypes(type).forEach((name, subtype) -> concreteAt("(" + name + ")", subtype));
    } else {
      concrete(type);
    }
    path.removeLast();
  }

  private Map<String, JavaType> subtypes(JavaType sealed) {
    try {
      return SealedTypes.subtypes(sealed, mapper.getTypeFactory());
    } catch (IllegalArgumentException e) {
      throw refuse(String.valueOf(e.getMessage()));
    }
  }

  private void concreteAt(String step, JavaType type) {
    path.addLast(step);
    concrete(type);
    path.removeLast();
  }

  private void concrete(JavaType type) {
    Class<?> raw = type.getRawClass();
    if (!seen.add(type) || raw.isPrimitive()) {
      return;
    }
    if (raw.isEnum()) {
      for (Object constant : raw.getEnumConstants()) {
        requireItself(type, constant, constant);
      }
      return;
    }
    if (OPEN.contains(raw)) {
      throw refuse(raw.getName() + " has no JSON form; use another type or a SessionCodec");
    }
    LOSSY.forEach(
        (lossy, what) -> {
          if (lossy.isAssignableFrom(raw)) {
            throw refuse(
                "JSON does not keep of %s %s; hold what you need of it"
                    .formatted(raw.getName(), what));
          }
        });
    if (raw.getName().startsWith("java.sql.") || raw.getName().startsWith("javax.xml.")) {
      throw refuse(raw.getName() + " comes back as something else; use java.time");
    }
    if (type.isContainerType() || type.isReferenceType()) {
      container(type, raw);
    } else if (raw.getName().startsWith("java")) {
      JsonDeserializer<?> reader = reader(type);
      if (reader instanceof BeanDeserializerBase || reader instanceof AbstractDeserializer) {
        throw refuse(raw.getName() + " has no JSON form; use another type or a SessionCodec");
      }
    } else {
      bean(type, raw);
    }
  }

  // Constants are few, so that none of them has to be met to be proved: an annotation may give two
  // the same form, and then one would come back as the other.
  private void requireItself(JavaType type, Object constant, Object value) {
    boolean itself;
    try {
      byte[] written = mapper.writerFor(type).writeValueAsBytes(value);
      itself = value.equals(mapper.readerFor(type).readValue(written));
    } catch (IOException | RuntimeException e) {
      itself = false;
    }
    if (!itself) {
      throw refuse(
          "the constant %s of %s does not come back as itself; remove the annotation that gives it"
                  .formatted(((Enum<?>) constant).name(), constant.getClass().getName())
              + " another form, or let no two constants have the same");
    }
  }

  private void container(JavaType type, Class<?> raw) {
    JavaType content = type.getContentType();
    JavaType key = type.isMapLikeType() ? type.getKeyType() : content;
    if (!raw.isArray() && !raw.getName().startsWith("java.util.")) {
      throw refuse(raw.getName() + " extends a container; hold one instead");
    }
    if (type.isReferenceType() && content.isReferenceType()) {
      throw refuse("an empty Optional inside a present one cannot be told apart; use one only");
    }
    if ((SortedSet.class.isAssignableFrom(raw) || SortedMap.class.isAssignableFrom(raw))
        && !Comparable.class.isAssignableFrom(key.getRawClass())) {
      throw refuse(key.toCanonical() + " is not Comparable, but held in its own order");
    }
    if (type.isMapLikeType()) {
      // Of others, Jackson writes toString and reads whatever takes a String.
      if (!key.getRawClass().isEnum() && !key.getRawClass().getName().startsWith("java.")) {
        throw refuse(
            key.toCanonical() + " cannot be the key of a map; use a string, a number or an enum");
      }
      if (key.getRawClass().isEnum()) {
        JavaType keys =
            mapper
                .getTypeFactory()
                .constructMapType(
                    LinkedHashMap.class, key, mapper.getTypeFactory().constructType(Boolean.class));
        for (Object constant : key.getRawClass().getEnumConstants()) {
          requireItself(keys, constant, new LinkedHashMap<>(Map.of(constant, true)));
        }
      }
      at("{key}", key);
    }
    at(type.isReferenceType() ? "?" : type.isMapLikeType() ? "{}" : "[]", content);
    reader(type);
  }

  private void bean(JavaType type, Class<?> raw) {
    BeanDescription read = mapper.getDeserializationConfig().introspect(type);
    BeanDescription written = mapper.getSerializationConfig().introspect(type);
    beans.add(raw);
    AnnotationIntrospector annotations =
        mapper.getSerializationConfig().getAnnotationIntrospector();
    AnnotatedMember value = written.findJsonValueAccessor();
    if (value != null) {
      Set<String> state = fields(raw);
      ownForms |= !state.equals(Set.of(value.getName()));
      if (state.size() > 1 && state.contains(value.getName())) {
        throw refuse(
            "%s is written as its %s alone, and loses the rest"
                .formatted(raw.getName(), value.getName()));
      }
    }
    ownForms |= MemberCheck.hasOwnForm(annotations, written.getClassInfo());
    if (value == null && annotations.findSerializer(written.getClassInfo()) == null) {
      if (isAbstract(raw.getModifiers())) {
        throw refuse(
            raw.getName() + " is open to any subtype; make it sealed, or name a concrete type");
      }
      Set<String> state = fields(raw);
      MemberCheck members = new MemberCheck(mapper, raw, this::refuse);
      members.check(written, read, state);
      ownForms |= written.findProperties().stream().anyMatch(members::hasOwnForm);
      ownForms |= read.findProperties().stream().anyMatch(members::hasOwnForm);
      Set<String> readNames =
          read.findProperties().stream()
              .map(BeanPropertyDefinition::getName)
              .collect(Collectors.toSet());
      for (BeanPropertyDefinition property : written.findProperties()) {
        if (!readNames.contains(property.getName())) {
          throw refuse(
              raw.getName()
                  + "."
                  + property.getName()
                  + " is final and could not be read back; use a record instead");
        }
      }
      read.findProperties().forEach(each -> at("." + each.getName(), each.getPrimaryType()));
    }
    if (reader(type) instanceof BeanDeserializerBase bean
        && !bean.getValueInstantiator().canInstantiate()) {
      throw refuse(
          raw.getName() + " has no constructor without arguments; add one or make it a record");
    }
  }

  /** The names of all that is not {@code transient}. */
  private Set<String> fields(Class<?> raw) {
    Set<String> names = new HashSet<>();
    for (Class<?> type = raw;
        type != null && type != Object.class && type != Record.class;
        type = type.getSuperclass()) {
      if (type.getName().startsWith("java.")) {
        throw refuse(raw.getName() + " extends " + type.getName() + "; hold one instead");
      }
      for (Field field : type.getDeclaredFields()) {
        int modifiers = field.getModifiers();
        boolean state = !isStatic(modifiers) && !isTransient(modifiers) && !field.isSynthetic();
        if (state && !names.add(field.getName())) {
          throw refuse(raw.getName() + " has two fields called " + field.getName());
        }
      }
    }
    return names;
  }

  private JsonDeserializer<?> reader(JavaType type) {
    try {
      return readers.findContextualValueDeserializer(type, null);
    } catch (JsonMappingException e) {
      throw refuse(e.getOriginalMessage());
    } catch (IllegalArgumentException e) {
      throw refuse(String.valueOf(e.getMessage()));
    }
  }

  private IllegalArgumentException refuse(String reason) {
    return new IllegalArgumentException(
        "%s cannot be stored as JSON: %s: %s"
            .formatted(root.toCanonical(), String.join("", path), reason));
  }

  private static String simpleName(String canonical) {
    return canonical.replaceAll("[\\w.]+[.$]", "");
  }
}
