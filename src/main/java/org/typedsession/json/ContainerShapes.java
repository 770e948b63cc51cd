package org.typedsession.json;

import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;

/**
 * The shapes of what holds other values: arrays, collections, maps and optionals.
 *
 * <p>What is read is mutable and keeps the order of what was written.
 */
final class ContainerShapes {

  private static final Map<Class<?>, Supplier<Collection<@Nullable Object>>> COLLECTIONS =
      new HashMap<>();
  private static final Map<Class<?>, Supplier<Map<Object, @Nullable Object>>> MAPS =
      new HashMap<>();

  static {
    COLLECTIONS.put(Collection.class, ArrayList::new);
    COLLECTIONS.put(List.class, ArrayList::new);
    COLLECTIONS.put(ArrayList.class, ArrayList::new);
    COLLECTIONS.put(CopyOnWriteArrayList.class, CopyOnWriteArrayList::new);
    COLLECTIONS.put(Set.class, LinkedHashSet::new);
    COLLECTIONS.put(HashSet.class, HashSet::new);
    COLLECTIONS.put(LinkedHashSet.class, LinkedHashSet::new);
    COLLECTIONS.put(SortedSet.class, TreeSet::new);
    COLLECTIONS.put(NavigableSet.class, TreeSet::new);
    COLLECTIONS.put(TreeSet.class, TreeSet::new);
    COLLECTIONS.put(Queue.class, ArrayDeque::new);
    COLLECTIONS.put(Deque.class, ArrayDeque::new);
    COLLECTIONS.put(ArrayDeque.class, ArrayDeque::new);

    MAPS.put(Map.class, LinkedHashMap::new);
    MAPS.put(HashMap.class, HashMap::new);
    MAPS.put(LinkedHashMap.class, LinkedHashMap::new);
    MAPS.put(SortedMap.class, TreeMap::new);
    MAPS.put(NavigableMap.class, TreeMap::new);
    MAPS.put(TreeMap.class, TreeMap::new);
    MAPS.put(ConcurrentMap.class, ConcurrentHashMap::new);
    MAPS.put(ConcurrentHashMap.class, ConcurrentHashMap::new);
  }

  private ContainerShapes() {}

  static boolean isCollection(Class<?> type) {
    return COLLECTIONS.containsKey(type) || type == EnumSet.class;
  }

  static boolean isMap(Class<?> type) {
    return MAPS.containsKey(type) || type == EnumMap.class;
  }

  static boolean isOptional(Class<?> type) {
    return type == Optional.class
        || type == OptionalInt.class
        || type == OptionalLong.class
        || type == OptionalDouble.class;
  }

  /** Whether the elements or keys of this type are held in their own order. */
  static boolean isSorted(Class<?> type) {
    return SortedSet.class.isAssignableFrom(type) || SortedMap.class.isAssignableFrom(type);
  }

  static JsonShape collection(Class<?> type, Class<?> elementType, JsonShape element) {
    Supplier<Collection<@Nullable Object>> known = COLLECTIONS.get(type);
    return new CollectionShape(
        known != null ? known : () -> noneOf(elementType), isSorted(type), element);
  }

  static JsonShape map(Class<?> type, Class<?> keyType, JsonShape.Key key, JsonShape value) {
    Supplier<Map<Object, @Nullable Object>> known = MAPS.get(type);
    return new MapShape(known != null ? known : () -> enumMap(keyType), isSorted(type), key, value);
  }

  static JsonShape array(Class<?> componentType, JsonShape component) {
    return new ArrayShape(componentType, component);
  }

  static JsonShape optional(JsonShape value) {
    return new OptionalShape(
        value, o -> ((Optional<?>) o).orElse(null), Optional::of, Optional.empty());
  }

  /** The shape of an {@link OptionalInt} and its like; {@code value} is that of the number. */
  static JsonShape optionalNumber(Class<?> type, Function<Class<?>, JsonShape> value) {
    if (type == OptionalInt.class) {
      return new OptionalShape(
          value.apply(int.class),
          o -> ((OptionalInt) o).isPresent() ? ((OptionalInt) o).getAsInt() : null,
          n -> OptionalInt.of((Integer) n),
          OptionalInt.empty());
    }
    if (type == OptionalLong.class) {
      return new OptionalShape(
          value.apply(long.class),
          o -> ((OptionalLong) o).isPresent() ? ((OptionalLong) o).getAsLong() : null,
          n -> OptionalLong.of((Long) n),
          OptionalLong.empty());
    }
    return new OptionalShape(
        value.apply(double.class),
        o -> ((OptionalDouble) o).isPresent() ? ((OptionalDouble) o).getAsDouble() : null,
        n -> OptionalDouble.of((Double) n),
        OptionalDouble.empty());
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the class is known only here, at run time
  private static Collection<@Nullable Object> noneOf(Class<?> enumType) {
    return (Collection) EnumSet.noneOf((Class) enumType);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the class is known only here, at run time
  private static Map<Object, @Nullable Object> enumMap(Class<?> enumType) {
    return (Map) new EnumMap((Class) enumType);
  }

  /** A comparator is code, not data: reading could not bring it back. */
  private static void requireNaturalOrder(@Nullable Comparator<?> comparator) {
    if (comparator != null && comparator != Comparator.naturalOrder()) {
      throw new SessionCodecException(
          "a sorted set or map with a comparator of its own cannot be stored as JSON", null);
    }
  }

  private record CollectionShape(
      Supplier<Collection<@Nullable Object>> factory, boolean sorted, JsonShape element)
      implements JsonShape {

    @Override
    public void write(JsonOutput out, Object value) {
      if (sorted) {
        requireNaturalOrder(((SortedSet<?>) value).comparator());
      }
      out.startArray();
      for (Object each : (Collection<?>) value) {
        element.writeNullable(out, each);
      }
      out.end();
    }

    @Override
    public Object read(JsonValue json) {
      Collection<@Nullable Object> collection = factory.get();
      for (JsonValue each : json.asJsonArray()) {
        collection.add(element.readNullable(each));
      }
      return collection;
    }

    @Override
    public Object absent() {
      return factory.get();
    }
  }

  private record MapShape(
      Supplier<Map<Object, @Nullable Object>> factory,
      boolean sorted,
      JsonShape.Key key,
      JsonShape value)
      implements JsonShape {

    @Override
    public void write(JsonOutput out, Object map) {
      if (sorted) {
        requireNaturalOrder(((SortedMap<?, ?>) map).comparator());
      }
      out.startObject();
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
        if (entry.getKey() == null) {
          throw new SessionCodecException("a map with a null key cannot be stored as JSON", null);
        }
        out.key(key.toKey(entry.getKey()));
        value.writeNullable(out, entry.getValue());
      }
      out.end();
    }

    @Override
    public Object read(JsonValue json) {
      Map<Object, @Nullable Object> map = factory.get();
      json.asJsonObject().forEach((k, v) -> map.put(key.fromKey(k), value.readNullable(v)));
      return map;
    }

    @Override
    public Object absent() {
      return factory.get();
    }
  }

  private record ArrayShape(Class<?> componentType, JsonShape component) implements JsonShape {

    @Override
    public void write(JsonOutput out, Object array) {
      out.startArray();
      for (int i = 0; i < Array.getLength(array); i++) {
        component.writeNullable(out, Array.get(array, i));
      }
      out.end();
    }

    @Override
    public Object read(JsonValue json) {
      JsonArray elements = json.asJsonArray();
      Object array = Array.newInstance(componentType, elements.size());
      for (int i = 0; i < elements.size(); i++) {
        Array.set(array, i, component.readNullable(elements.get(i)));
      }
      return array;
    }

    @Override
    public Object absent() {
      return Array.newInstance(componentType, 0);
    }
  }

  /** The value itself, or {@code null}: a component may become optional without a new format. */
  private record OptionalShape(
      JsonShape value,
      Function<Object, @Nullable Object> unwrap,
      Function<Object, Object> wrap,
      Object empty)
      implements JsonShape {

    @Override
    public void write(JsonOutput out, Object optional) {
      value.writeNullable(out, unwrap.apply(optional));
    }

    @Override
    public Object read(JsonValue json) {
      return wrap.apply(value.read(json));
    }

    @Override
    public Object ofNull() {
      return empty;
    }
  }
}
