package org.typedsession.json;

import jakarta.json.JsonValue;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.typedsession.json.ObjectShapes.ClassShape;
import org.typedsession.json.ObjectShapes.Component;
import org.typedsession.json.ObjectShapes.EnumShape;
import org.typedsession.json.ObjectShapes.Property;
import org.typedsession.json.ObjectShapes.RecordShape;
import org.typedsession.json.ObjectShapes.SealedShape;
import org.typedsession.json.ObjectShapes.Subtype;

/**
 * Walks a type and everything it is made of, once, and refuses what could not be written and read
 * faithfully, so that a mistake is seen at deployment and not in a user's session.
 */
final class JsonShapeBuilder {

  /** Far deeper than real types nest; {@code record R<T>(R<List<T>> next)} never ends. */
  private static final int MAX_TYPE_DEPTH = 100;

  private final Map<JavaType, JsonShape> shapes = new HashMap<>();
  private final Deque<String> path = new ArrayDeque<>();
  private final Type root;

  private JsonShapeBuilder(Type root) {
    this.root = root;
  }

  /**
   * @throws IllegalArgumentException naming the type, the path to the culprit, the reason and the
   *     way out
   */
  static JsonShape build(Type type) {
    return new JsonShapeBuilder(type).at("", type, Map.of());
  }

  private JsonShape at(String step, Type type, Map<TypeVariable<?>, JavaType> bindings) {
    path.addLast(step);
    try {
      return shapeOf(JavaType.of(type, bindings));
    } catch (IllegalArgumentException e) {
      throw e instanceof Refused ? e : refuse(String.valueOf(e.getMessage()));
    } finally {
      path.removeLast();
    }
  }

  private JsonShape at(String step, JavaType type) {
    path.addLast(step);
    JsonShape shape = shapeOf(type);
    path.removeLast();
    return shape;
  }

  private JsonShape shapeOf(JavaType type) {
    JsonShape scalar = ScalarShapes.of(type.raw());
    if (scalar != null) {
      return scalar;
    }
    JsonShape known = shapes.get(type);
    if (known != null) {
      return known;
    }
    if (path.size() > MAX_TYPE_DEPTH) {
      throw refuse("the type never ends; let it refer to itself with the same type arguments");
    }
    Later later = new Later();
    shapes.put(type, later);
    JsonShape shape = newShape(type);
    later.target = shape;
    shapes.put(type, shape);
    return shape;
  }

  private JsonShape newShape(JavaType type) {
    Class<?> raw = type.raw();
    if (raw.isArray()) {
      return ContainerShapes.array(raw.getComponentType(), at("[]", type.arguments().get(0)));
    }
    if (ContainerShapes.isOptional(raw)) {
      return optional(type);
    }
    if (ContainerShapes.isCollection(raw)) {
      JavaType element = type.arguments().get(0);
      requireOrder(raw, element);
      return ContainerShapes.collection(raw, element.raw(), at("[]", element));
    }
    if (ContainerShapes.isMap(raw)) {
      JavaType keyType = type.arguments().get(0);
      if (!(at("{key}", keyType) instanceof JsonShape.Key key)) {
        throw refuse(keyType + " cannot be the key of a map; use a string, a number or an enum");
      }
      requireOrder(raw, keyType);
      return ContainerShapes.map(raw, keyType.raw(), key, at("{}", type.arguments().get(1)));
    }
    // An enum whose constants have bodies counts as sealed, too.
    return raw.isSealed() && !raw.isEnum() ? sealed(type) : concrete(type);
  }

  private JsonShape optional(JavaType type) {
    if (type.raw() != Optional.class) {
      return ContainerShapes.optionalNumber(type.raw(), n -> at("", new JavaType(n, List.of())));
    }
    JavaType value = type.arguments().get(0);
    if (ContainerShapes.isOptional(value.raw())) {
      throw refuse("an empty Optional inside a present one cannot be told apart; use one only");
    }
    return ContainerShapes.optional(at("?", value));
  }

  private void requireOrder(Class<?> container, JavaType element) {
    if (ContainerShapes.isSorted(container) && !Comparable.class.isAssignableFrom(element.raw())) {
      throw refuse(
          element + " is not Comparable, but held in its own order; implement it or do not sort");
    }
  }

  private JsonShape.Members concrete(JavaType type) {
    Class<?> raw = type.raw();
    if (raw.isEnum()) {
      return new EnumShape(raw);
    }
    if (raw.isRecord()) {
      return record(type);
    }
    if (raw.getName().startsWith("java.") || raw.getName().startsWith("javax.")) {
      throw refuse(raw.getName() + " has no JSON form; use another type or a SessionCodec");
    }
    if (raw.isInterface() || Modifier.isAbstract(raw.getModifiers())) {
      throw refuse(
          raw.getName() + " is open to any subtype; make it sealed, or name a concrete type");
    }
    return bean(type);
  }

  private RecordShape record(JavaType type) {
    RecordComponent[] components = type.raw().getRecordComponents();
    List<Component> shapes = new ArrayList<>();
    for (RecordComponent component : components) {
      String name = component.getName();
      shapes.add(
          new Component(
              name,
              open(component.getAccessor()),
              at("." + name, component.getGenericType(), type.bindings())));
    }
    Class<?>[] parameters =
        Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    return new RecordShape(open(constructor(type.raw(), parameters)), List.copyOf(shapes));
  }

  private ClassShape bean(JavaType type) {
    Constructor<?> constructor = constructor(type.raw());
    List<Property> properties = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JavaType declaring = type;
        declaring.raw() != Object.class;
        declaring = JavaType.of(declaring.raw().getGenericSuperclass(), declaring.bindings())) {
      if (declaring.raw().getName().startsWith("java.")) {
        throw refuse(type + " extends " + declaring + ", whose state is not its own; hold one");
      }
      for (Field field : declaring.raw().getDeclaredFields()) {
        if (isState(field)) {
          String name = field.getName();
          if (Modifier.isFinal(field.getModifiers())) {
            throw refuse(
                type + "." + name + " is final and could not be read back; use a record instead");
          }
          if (!names.add(name)) {
            throw refuse(type + " has two fields called " + name + "; rename one");
          }
          properties.add(
              new Property(
                  open(field), at("." + name, field.getGenericType(), declaring.bindings())));
        }
      }
    }
    return new ClassShape(open(constructor), List.copyOf(properties));
  }

  private static boolean isState(Field field) {
    return !Modifier.isStatic(field.getModifiers())
        && !Modifier.isTransient(field.getModifiers())
        && !field.isSynthetic();
  }

  private Constructor<?> constructor(Class<?> type, Class<?>... parameters) {
    try {
      return type.getDeclaredConstructor(parameters);
    } catch (NoSuchMethodException e) {
      throw refuse(
          type.getName() + " has no constructor without arguments; add one or make it a record");
    }
  }

  private <T extends AccessibleObject> T open(T member) {
    try {
      member.setAccessible(true);
      return member;
    } catch (InaccessibleObjectException e) {
      throw refuse(member + " is closed to this library; let its module open the package");
    }
  }

  private SealedShape sealed(JavaType type) {
    Map<Class<?>, JavaType> permitted = new LinkedHashMap<>();
    collect(type, permitted);
    Function<Class<?>, String> names = distinctNames(permitted.keySet());
    Map<Class<?>, Subtype> byClass = new LinkedHashMap<>();
    Map<String, Subtype> byName = new LinkedHashMap<>();
    permitted.forEach(
        (raw, subtype) -> {
          String name = names.apply(raw);
          path.addLast("(" + raw.getSimpleName() + ")");
          Subtype shape = new Subtype(name, concrete(subtype));
          path.removeLast();
          byClass.put(raw, shape);
          byName.put(name, shape);
        });
    return new SealedShape(type.raw(), byClass, byName);
  }

  /** All concrete types below a sealed one, through any number of sealed levels. */
  private void collect(JavaType type, Map<Class<?>, JavaType> concrete) {
    Class<?> raw = type.raw();
    boolean sealed = raw.isSealed() && !raw.isEnum();
    if (!sealed && !Modifier.isFinal(raw.getModifiers()) && !raw.isEnum()) {
      throw refuse(raw.getName() + " is non-sealed, so open to any subtype; make it final");
    }
    if (!Modifier.isAbstract(raw.getModifiers()) || raw.isEnum()) {
      concrete.put(raw, type);
    }
    if (sealed) {
      for (Class<?> permitted : raw.getPermittedSubclasses()) {
        collect(type.subtype(permitted), concrete);
      }
    }
  }

  /** Simple names, and for those that share one, the whole binary name. */
  private static Function<Class<?>, String> distinctNames(Set<Class<?>> types) {
    Map<String, Long> uses =
        types.stream().collect(Collectors.groupingBy(Class::getSimpleName, Collectors.counting()));
    return type ->
        uses.getOrDefault(type.getSimpleName(), 0L) == 1 ? type.getSimpleName() : type.getName();
  }

  private IllegalArgumentException refuse(String reason) {
    return new Refused(
        "%s cannot be stored as JSON: %s%s: %s"
            .formatted(root.getTypeName(), simpleName(root), String.join("", path), reason));
  }

  private static String simpleName(Type type) {
    return type.getTypeName().replaceAll("[\\w.]+[.$]", "");
  }

  /** Already says everything. */
  private static final class Refused extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** Stands for a shape that is still being built: a type that refers to itself. */
  private static final class Later implements JsonShape {

    private @Nullable JsonShape target; // set before the codec's constructor ends, then never again

    private JsonShape target() {
      if (target == null) {
        throw new IllegalStateException("used while it is being built");
      }
      return target;
    }

    @Override
    public void write(JsonOutput out, Object value) {
      target().write(out, value);
    }

    @Override
    public Object read(JsonValue json) {
      return target().read(json);
    }

    @Override
    public @Nullable Object ofNull() {
      return target().ofNull();
    }

    @Override
    public @Nullable Object absent() {
      return target().absent();
    }
  }
}
