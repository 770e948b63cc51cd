package org.typedsession.json;

import static com.fasterxml.jackson.annotation.JsonTypeInfo.As.PROPERTY;
import static com.fasterxml.jackson.annotation.JsonTypeInfo.Id.CUSTOM;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DatabindContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.TypeIdResolverBase;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes every sealed type, and nothing else, polymorphic: its values name their subtype in {@code
 * "@type"}. Annotations that would let bytes name a class, or leave members out by their value, are
 * not looked at.
 */
final class SealedTypes extends JacksonAnnotationIntrospector {

  private static final long serialVersionUID = 1L;

  /** An enum whose constants have bodies counts as sealed in Java, but its values are constants. */
  static boolean isSealed(Class<?> type) {
    return type.isSealed() && !type.isEnum();
  }

  /**
   * The subtypes that can be instantiated, through any number of levels, by the name they have in
   * {@code "@type"}: the simple one, or the binary one if two of them share the simple one.
   *
   * @throws IllegalArgumentException if a subtype is open to others
   */
  static Map<String, JavaType> subtypes(JavaType sealed, TypeFactory types) {
    Map<Class<?>, JavaType> concrete = new LinkedHashMap<>();
    collect(sealed.getRawClass(), sealed, types, concrete);
    Map<String, Integer> uses = new LinkedHashMap<>();
    concrete.keySet().forEach(type -> uses.merge(type.getSimpleName(), 1, Integer::sum));
    Map<String, JavaType> named = new TreeMap<>();
    concrete.forEach(
        (raw, type) -> {
          boolean shared = uses.getOrDefault(raw.getSimpleName(), 0) > 1;
          named.put(shared ? raw.getName() : raw.getSimpleName(), type);
        });
    return named;
  }

  private static void collect(
      Class<?> raw, JavaType base, TypeFactory types, Map<Class<?>, JavaType> concrete) {
    if (!isSealed(raw) && !raw.isEnum() && !Modifier.isFinal(raw.getModifiers())) {
      throw new IllegalArgumentException(
          raw.getName() + " is non-sealed, so open to any subtype; make it final");
    }
    if (raw.isEnum() || !Modifier.isAbstract(raw.getModifiers())) {
      concrete.put(raw, types.constructSpecializedType(base, raw));
    }
    if (isSealed(raw)) {
      for (Class<?> permitted : raw.getPermittedSubclasses()) {
        collect(permitted, base, types, concrete);
      }
    }
  }

  // For the type of a property, of its elements and for a class alike.
  @Override
  protected @Nullable TypeResolverBuilder<?> _findTypeResolver(
      MapperConfig<?> config, Annotated annotated, JavaType baseType) {
    return isSealed(baseType.getRawClass())
        ? new StdTypeResolverBuilder()
            .init(CUSTOM, new Names(subtypes(baseType, config.getTypeFactory())))
            .inclusion(PROPERTY)
            .typeProperty("@type") // no Java identifier has an @
        : null;
  }

  @Override
  public JsonTypeInfo.@Nullable Value findPolymorphicTypeInfo(
      MapperConfig<?> config, Annotated annotated) {
    return null;
  }

  // What is left out because it is null or empty would be read as something else.
  @Override
  public JsonInclude.Value findPropertyInclusion(Annotated annotated) {
    return JsonInclude.Value.empty();
  }

  /** Looks names up among the permitted subtypes; never loads a class. */
  private static final class Names extends TypeIdResolverBase {

    private final Map<String, JavaType> byName;
    private final Map<Class<?>, String> byClass = new LinkedHashMap<>();

    Names(Map<String, JavaType> byName) {
      this.byName = byName;
      byName.forEach((name, type) -> byClass.put(type.getRawClass(), name));
    }

    @Override
    public String idFromValue(Object value) {
      return idFromValueAndType(
          value, value instanceof Enum<?> e ? e.getDeclaringClass() : value.getClass());
    }

    @Override
    public String idFromValueAndType(@Nullable Object value, Class<?> type) {
      String name = byClass.get(type);
      if (name == null) {
        throw new IllegalArgumentException(type.getName() + " is no permitted subtype");
      }
      return name;
    }

    @Override
    public @Nullable JavaType typeFromId(DatabindContext context, String name) {
      return byName.get(name);
    }

    @Override
    public String getDescForKnownTypeIds() {
      return byName.keySet().toString();
    }

    @Override
    public JsonTypeInfo.Id getMechanism() {
      return CUSTOM;
    }
  }
}
