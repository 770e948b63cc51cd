package org.typedsession.json;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses a class some of whose state is not written or not read, or could be written over by
 * something else. Annotations that are meant for answers to clients do that.
 */
final class MemberCheck {
  private final MapperConfig<?> config;
  private final AnnotationIntrospector annotations;
  private final Class<?> raw;
  private final Function<String, IllegalArgumentException> refuse;

  /**
   * @param refuse makes the exception of a reason
   */
  MemberCheck(
      ObjectMapper mapper, Class<?> raw, Function<String, IllegalArgumentException> refuse) {
    this.config = mapper.getSerializationConfig();
    this.annotations = config.getAnnotationIntrospector();
    this.raw = raw;
    this.refuse = refuse;
  }

  /**
   * Looks at all members.
   *
   * @param state the names of the fields or components that make a value
   */
  void check(BeanDescription written, BeanDescription read, Set<String> state) {
    if (annotations.findFilterId(written.getClassInfo()) != null) {
      throw refuse.apply(raw.getName() + " has a filter, which may leave members out");
    }
    if (written.findAnyGetter() != null || read.findAnySetterAccessor() != null) {
      throw refuse.apply(
          raw.getName()
              + " mixes the keys of a map with its own names (@JsonAnyGetter, @JsonAnySetter), so"
              + " that one could stand for the other; let the map be a member");
    }
    written.findProperties().forEach(this::checkProperty);
    read.findProperties().forEach(this::checkProperty);
    checkIgnorals(written, state);
    checkAllWritten(written, state);
  }

  private void checkAllWritten(BeanDescription written, Set<String> state) {
    Set<String> left = new HashSet<>(state);
    written.findProperties().forEach(each -> left.remove(each.getInternalName()));
    left.stream()
        .sorted()
        .findFirst()
        .ifPresent(
            name -> {
              throw refused(name, "is not written, because of an annotation");
            });
  }

  private void checkIgnorals(BeanDescription written, Set<String> state) {
    Set<String> names = new HashSet<>(state);
    written.findProperties().forEach(each -> names.add(each.getName()));
    for (String ignored : ignored(written.getClassInfo())) {
      if (names.contains(ignored)) {
        throw refused(ignored, "is left out by @JsonIgnoreProperties");
      }
    }
    if (included(written.getClassInfo()) != null) {
      throw refuse.apply(raw.getName() + " leaves members out by @JsonIncludeProperties");
    }
  }

  private Set<String> ignored(Annotated annotated) {
    JsonIgnoreProperties.Value value = annotations.findPropertyIgnoralByName(config, annotated);
    return value.getIgnored();
  }

  private @Nullable Set<String> included(Annotated annotated) {
    return annotations.findPropertyInclusionByName(config, annotated).getIncluded();
  }

  private void checkProperty(BeanPropertyDefinition property) {
    String name = property.getInternalName();
    AnnotatedClass type =
        config.introspectClassAnnotations(property.getPrimaryType()).getClassInfo();
    if (Boolean.TRUE.equals(annotations.isIgnorableType(type))) {
      throw refused(name, "is of a type that is left out (@JsonIgnoreType)");
    }
    members(property)
        .forEach(
            member -> {
              Access access = annotations.findPropertyAccess(member);
              if (access == Access.READ_ONLY || access == Access.WRITE_ONLY) {
                throw refused(name, "is " + access + " and would not come back");
              }
              if (member.hasAnnotation(JsonRawValue.class)) {
                throw refused(name, "is written as it is (@JsonRawValue) and read as JSON");
              }
              if (annotations.findUnwrappingNameTransformer(member) != null) {
                throw refused(name, "mixes its members with those around it (@JsonUnwrapped)");
              }
              if (annotations.findReferenceType(member) != null) {
                throw refused(name, "is a reference that is left out at one end");
              }
              if (!annotations.findSetterInfo(member).equals(JsonSetter.Value.empty())) {
                throw refused(name, "reads null as something else (@JsonSetter)");
              }
              if (annotations.findNullSerializer(member) != null) {
                throw refused(name, "writes null as something else (@JsonSerialize)");
              }
              if (annotations.findFilterId(member) != null) {
                throw refused(name, "has a filter, which may leave members out");
              }
              if (!ignored(member).isEmpty() || included(member) != null) {
                throw refused(name, "leaves members out (@JsonIgnoreProperties)");
              }
            });
  }

  /**
   * Whether an annotation gives a member, or what it holds, another form than its type has: one
   * that may keep some values and lose others.
   */
  boolean hasOwnForm(BeanPropertyDefinition property) {
    return members(property).anyMatch(this::hasOwnForm);
  }

  private boolean hasOwnForm(AnnotatedMember member) {
    JsonFormat.Value format = annotations.findFormat(member);
    return (format != null && !format.equals(JsonFormat.Value.empty()))
        || hasOwnForm(annotations, member)
        || annotations.findKeySerializer(member) != null
        || annotations.findKeyDeserializer(member) != null
        || annotations.findContentSerializer(member) != null
        || annotations.findContentDeserializer(member) != null
        || annotations.findSerializationContentConverter(member) != null
        || annotations.findDeserializationContentConverter(member) != null;
  }

  /** Whether a member or a class names who writes or reads it. */
  static boolean hasOwnForm(AnnotationIntrospector annotations, Annotated annotated) {
    return annotations.findSerializer(annotated) != null
        || annotations.findDeserializer(annotated) != null
        || annotations.findSerializationConverter(annotated) != null
        || annotations.findDeserializationConverter(annotated) != null;
  }

  private static Stream<AnnotatedMember> members(BeanPropertyDefinition property) {
    return Stream.of(
            property.getField(),
            property.getGetter(),
            property.getSetter(),
            property.getConstructorParameter())
        .filter(Objects::nonNull);
  }

  private IllegalArgumentException refused(String member, String reason) {
    return refuse.apply(
        "%s.%s %s; remove the annotation, or give sessions a type of their own"
            .formatted(raw.getName(), member, reason));
  }
}
