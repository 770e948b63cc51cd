package org.typedsession.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Currency;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCodecException;
import org.typedsession.spi.SessionCodec;
import org.typedsession.testkit.SessionCodecContract;

// Its types are private on purpose: an application's need not be public either.
@SuppressWarnings({"unused", "EffectivelyPrivate", "ArrayRecordComponent"}) // they are data
final class JsonSessionCodecTest extends SessionCodecContract<JsonSessionCodecTest.Visitor> {

  sealed interface Visitor permits Guest, Member, Level {}

  private record Guest() implements Visitor {}

  private sealed interface Member extends Visitor permits Customer, Employee {}

  private record Customer(String name, List<Item> basket, Optional<Item> last) implements Member {}

  private record Employee(Map<String, Shape> shapes, OptionalInt room, Instant since)
      implements Member {}

  private enum Level implements Visitor {
    LOW,
    HIGH {
      @Override
      boolean top() {
        return true;
      }
    };

    boolean top() {
      return false;
    }
  }

  private record Item(String id, int count) {}

  private sealed interface Shape permits Circle, Polygon {}

  private record Circle(int radius) implements Shape {}

  private sealed interface Polygon extends Shape permits Square, Triangle {}

  private record Square(int side) implements Polygon {}

  private record Triangle(Optional<Shape> inside) implements Polygon {}

  private static final SessionCodec<Visitor> VISITORS = new JsonSessionCodec<>(Visitor.class);

  @Override
  protected Class<Visitor> type() {
    return Visitor.class;
  }

  @Override
  protected SessionCodec<Visitor> codec() {
    return VISITORS;
  }

  @Override
  protected List<Visitor> samples() {
    return List.of(
        new Customer("Ada", List.of(new Item("a", 1), new Item("b", -2)), Optional.empty()),
        new Customer("", List.of(), Optional.of(new Item("\u00fc\ud83d\ude00", 3))),
        new Guest(),
        Level.LOW,
        Level.HIGH,
        new Employee(
            Map.of("x", new Triangle(Optional.of(new Square(1)))),
            OptionalInt.of(7),
            Instant.parse("2024-02-29T12:00:00.000000001Z")),
        new Employee(Map.of(), OptionalInt.empty(), Instant.MIN));
  }

  // --- records and what is in them

  private record Inner(Optional<String> text, int number) {}

  private record Nested(Inner inner, List<Inner> list, Optional<Inner> optional) {}

  @Test
  void record_nestedWithOptionals_roundTrips() {
    Inner empty = new Inner(Optional.empty(), 1);
    Inner present = new Inner(Optional.of(""), 2);
    assertRoundTrip(new Nested(empty, List.of(present, empty), Optional.of(empty)));
    assertRoundTrip(new Nested(present, List.of(), Optional.empty()));
  }

  private record Numbers(OptionalInt i, OptionalLong l, OptionalDouble d) {}

  @Test
  void record_withOptionalNumbers_roundTrips() {
    assertRoundTrip(
        new Numbers(OptionalInt.of(-1), OptionalLong.of(Long.MIN_VALUE), OptionalDouble.of(0.1)));
    assertRoundTrip(new Numbers(OptionalInt.empty(), OptionalLong.empty(), OptionalDouble.empty()));
  }

  private record OptionalContainers(
      Optional<List<Item>> list,
      List<Optional<String>> optionals,
      Map<String, Optional<Item>> values) {}

  @Test
  void record_withOptionalAroundAndInsideContainers_roundTrips() {
    assertRoundTrip(
        new OptionalContainers(
            Optional.of(List.of()),
            List.of(Optional.empty(), Optional.of("a")),
            Map.of("a", Optional.of(new Item("x", 1)), "b", Optional.empty())));
    assertRoundTrip(new OptionalContainers(Optional.empty(), List.of(), Map.of()));
  }

  private record Nothing() {}

  private record HasNothing(Nothing nothing, @Nullable Nothing none) {}

  @Test
  void record_withoutComponents_roundTrips() {
    assertRoundTrip(new Nothing());
    assertRoundTrip(new HasNothing(new Nothing(), null));
  }

  private record Nulls(
      @Nullable String text,
      @Nullable Integer number,
      @Nullable List<@Nullable String> list,
      @Nullable Map<String, @Nullable Item> map,
      byte @Nullable [] bytes,
      @Nullable Shape shape,
      @Nullable Level level,
      @Nullable Instant instant) {}

  @Test
  void record_withNulls_roundTrips() {
    assertRoundTrip(new Nulls(null, null, null, null, null, null, null, null));
    Map<String, Item> map = new HashMap<>();
    map.put("a", null);
    assertRoundTrip(new Nulls("", 0, Arrays.asList(null, "a", null), map, null, null, null, null));
  }

  private record Primitives(boolean z, char c, byte b, short s, int i, long l, float f, double d) {}

  private record Boxes(
      Boolean z, Character c, Byte b, Short s, Integer i, Long l, Float f, Double d) {}

  @Test
  void record_withPrimitivesAndBoxesAtTheirLimits_roundTrips() {
    assertRoundTrip(new Primitives(true, '\0', (byte) -128, (short) -1, 0, -1L, -0.0f, -0.0));
    assertRoundTrip(
        new Primitives(
            false,
            '\ud800',
            Byte.MAX_VALUE,
            Short.MAX_VALUE,
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            Float.MIN_VALUE,
            Double.MAX_VALUE));
    for (double number :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.MIN_VALUE, 0.1, 1.0 / 3}) {
      assertRoundTrip(
          new Boxes(
              true,
              '"',
              Byte.MIN_VALUE,
              Short.MIN_VALUE,
              Integer.MIN_VALUE,
              Long.MIN_VALUE,
              (float) number,
              number));
    }
  }

  private record Big(BigDecimal decimal, BigInteger integer) {}

  @Test
  void record_withBigNumbers_keepsScaleAndSize() {
    assertRoundTrip(new Big(new BigDecimal("1.10"), BigInteger.TEN.pow(3000).negate()));
    assertRoundTrip(new Big(new BigDecimal("1E+400000"), BigInteger.ZERO));
    assertRoundTrip(new Big(new BigDecimal("-0.00"), BigInteger.ONE));
  }

  private record Times(
      Instant instant,
      Duration duration,
      Period period,
      LocalDate date,
      LocalTime time,
      LocalDateTime dateTime,
      OffsetDateTime offsetDateTime,
      OffsetTime offsetTime,
      ZoneId zone,
      ZoneOffset offset,
      Year year,
      YearMonth yearMonth,
      MonthDay monthDay,
      DayOfWeek dayOfWeek) {}

  @Test
  void record_withJavaTime_roundTripsAtTheLimits() {
    assertRoundTrip(
        new Times(
            Instant.MAX,
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999),
            Period.of(Integer.MIN_VALUE, -1, Integer.MAX_VALUE),
            LocalDate.MAX,
            LocalTime.MAX,
            LocalDateTime.MAX,
            OffsetDateTime.MAX,
            OffsetTime.MAX,
            ZoneId.of("UTC+02:00"),
            ZoneOffset.MAX,
            Year.of(Year.MAX_VALUE),
            YearMonth.of(Year.MAX_VALUE, 12),
            MonthDay.of(2, 29),
            DayOfWeek.SUNDAY));
    assertRoundTrip(
        new Times(
            Instant.MIN,
            Duration.ofSeconds(Long.MIN_VALUE),
            Period.ZERO,
            LocalDate.MIN,
            LocalTime.MIDNIGHT,
            LocalDateTime.MIN,
            OffsetDateTime.MIN,
            OffsetTime.MIN,
            ZoneId.of("GMT"),
            ZoneOffset.UTC,
            Year.of(Year.MIN_VALUE),
            YearMonth.of(Year.MIN_VALUE, 1),
            MonthDay.of(1, 1),
            DayOfWeek.MONDAY));
    assertRoundTrip(
        new Times(
            Instant.ofEpochSecond(0, 1),
            Duration.ofNanos(-1),
            Period.ofWeeks(3),
            LocalDate.of(7, 1, 1),
            LocalTime.of(1, 2),
            LocalDateTime.of(12_345, 6, 7, 8, 9, 10, 11),
            OffsetDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHoursMinutesSeconds(1, 2, 3)),
            OffsetTime.of(1, 2, 3, 4, ZoneOffset.UTC),
            ZoneId.of("America/Argentina/Buenos_Aires"),
            ZoneOffset.ofHours(-3),
            Year.of(7),
            YearMonth.of(-7, 3),
            MonthDay.of(12, 31),
            DayOfWeek.FRIDAY));
  }

  private record Zoned(ZonedDateTime at) {}

  @Test
  void record_withZonedDateTimeInAnOverlap_keepsTheOffset() {
    ZonedDateTime twice = ZonedDateTime.of(2024, 10, 27, 2, 30, 0, 0, ZoneId.of("Europe/Berlin"));
    assertRoundTrip(new Zoned(twice.withEarlierOffsetAtOverlap()));
    assertRoundTrip(new Zoned(twice.withLaterOffsetAtOverlap()));
    assertRoundTrip(new Zoned(twice.withZoneSameInstant(ZoneOffset.UTC)));
  }

  private record Texts(String text, UUID uuid, URI uri, Locale locale, Currency currency) {}

  @Test
  void record_withTexts_roundTrips() {
    for (String text :
        List.of(
            "",
            " ",
            "\0\u0001\u001f\u007f\u0085\u2028\u2029\ufeff\ufffe\uffff",
            "\"\\/\b\f\n\r\t",
            "\u00e4\u20ac\ud83d\ude00\ud834\udd1e",
            "null",
            "{\"@type\":\"Guest\"}",
            "x".repeat(100_000))) {
      assertRoundTrip(
          new Texts(
              text,
              new UUID(-1, 1),
              URI.create("http://h/\u00e4?q=%20#f"),
              Locale.forLanguageTag("sr-Latn-RS"),
              Currency.getInstance("CHF")));
    }
  }

  private record Text(String text) {}

  @Test
  void record_withLoneSurrogates_keepsThem() {
    // As left behind by substring in the middle of an emoji.
    for (String text : List.of("\ud83d", "\ude00", "a\ude00\ud83dz", "\ud83d\ud83d\ude00")) {
      assertRoundTrip(new Text(text));
    }
  }

  private record ManyArrays(byte[] bytes, int[][] numbers, String[] texts, List<Item>[] lists) {}

  @Test
  void record_withArrays_roundTrips() {
    @SuppressWarnings({"unchecked", "rawtypes"}) // a generic array cannot be made in another way
    List<Item>[] lists = new List[] {List.of(new Item("a", 1))};
    ManyArrays read =
        roundTrip(
            new ManyArrays(
                new byte[] {0, -1, 127}, new int[][] {{1}, {}}, new String[] {"a", null}, lists));
    assertThat(read.bytes).containsExactly(0, -1, 127);
    assertThat(read.numbers).isDeepEqualTo(new int[][] {{1}, {}});
    assertThat(read.texts).containsExactly("a", null);
    assertThat(read.lists).containsExactly(lists);
  }

  private record Positive(int number) {
    Positive {
      if (number <= 0) {
        throw new IllegalArgumentException("number must be positive, was " + number);
      }
    }
  }

  @Test
  void record_whoseConstructorRejectsWhatIsStored_isCodecException() {
    assertRoundTrip(new Positive(1));
    assertThatThrownBy(() -> decode(Positive.class, "{\"number\":-1}"))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("Positive")
        .hasMessageEndingWith(": its constructor threw java.lang.IllegalArgumentException")
        .hasRootCauseMessage(IllegalArgumentException.class.getName());
  }

  private record Failing(int number) {
    Failing {
      if (number == 1) {
        throw new AssertionError("an error, not an exception");
      }
    }
  }

  @Test
  void record_whoseConstructorThrowsAnError_isCodecException() {
    assertThatThrownBy(() -> decode(Failing.class, "{\"number\":1}"))
        .isInstanceOf(SessionCodecException.class);
  }

  private record Extras(String name) {
    public String getOther() {
      return "other";
    }

    public boolean isFoo() {
      return true;
    }
  }

  @Test
  void record_withMethodsThatLookLikeProperties_writesComponentsOnly() {
    assertThat(encoded(new Extras("a"))).isEqualTo("{\"name\":\"a\"}");
  }

  // --- enums, collections, maps

  private record Enums(Level level, List<Level> list, Optional<Level> optional) {}

  @Test
  void enum_withBodiesAndWithout_roundTrips() {
    assertRoundTrip(new Enums(Level.HIGH, List.of(Level.LOW, Level.HIGH), Optional.of(Level.HIGH)));
    assertRoundTrip(Level.HIGH);
    assertThat(encoded(Level.HIGH)).isEqualTo("\"HIGH\"");
  }

  private record ManyCollections(
      List<Item> list,
      Set<Level> set,
      SortedSet<String> sorted,
      EnumSet<Level> enums,
      LinkedHashSet<Integer> linked,
      List<List<Set<Item>>> deep) {}

  @Test
  void collections_ofManyKinds_roundTrip() {
    assertRoundTrip(
        new ManyCollections(
            List.of(new Item("a", 1)),
            Set.of(Level.HIGH),
            new TreeSet<>(List.of("b", "a")),
            EnumSet.of(Level.HIGH),
            new LinkedHashSet<>(List.of(3, 1, 2)),
            List.of(List.of(Set.of(new Item("b", 2))), List.of())));
    assertRoundTrip(
        new ManyCollections(
            List.of(),
            Set.of(),
            new TreeSet<>(),
            EnumSet.noneOf(Level.class),
            new LinkedHashSet<>(),
            List.of()));
  }

  private record Queues(Deque<String> deque) {}

  @Test
  void deque_ofTexts_keepsOrder() {
    Queues read = roundTrip(new Queues(new ArrayDeque<>(List.of("b", "a"))));
    assertThat(read.deque).containsExactly("b", "a");
  }

  @Test
  void set_whenRead_keepsTheOrderOfWhatWasWritten() {
    Set<Integer> written = new LinkedHashSet<>(List.of(9, 1, 5));
    assertThat(roundTrip(new Sets(written)).numbers).containsExactly(9, 1, 5);
  }

  private record Sets(Set<Integer> numbers) {}

  private record Maps(
      Map<String, Integer> texts,
      Map<Level, Item> enums,
      Map<Integer, String> numbers,
      Map<UUID, List<Item>> uuids,
      Map<LocalDate, Map<Character, Boolean>> dates,
      EnumMap<Level, Shape> enumMap,
      Map<Instant, Level> instants,
      NavigableMap<Double, String> sorted,
      ConcurrentMap<String, Inner> concurrent) {}

  @Test
  void map_withManyKindsOfKeys_roundTrips() {
    ConcurrentMap<String, Inner> concurrent = new ConcurrentHashMap<>();
    concurrent.put("k", new Inner(Optional.empty(), 1));
    assertRoundTrip(
        new Maps(
            Map.of("", 1, "@type", 2, "a.b", 3, "\ud83d\ude00", 4),
            Map.of(Level.HIGH, new Item("a", 1)),
            Map.of(-1, "x", Integer.MAX_VALUE, "y"),
            Map.of(new UUID(1, 2), List.of(new Item("b", 2))),
            Map.of(LocalDate.MIN, Map.of('c', true)),
            new EnumMap<>(Map.of(Level.LOW, new Circle(1))),
            Map.of(Instant.EPOCH, Level.LOW, Instant.MAX, Level.HIGH),
            new TreeMap<>(Map.of(0.5, "half", Double.NaN, "nan")),
            concurrent));
    assertRoundTrip(
        new Maps(
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            new EnumMap<>(Level.class),
            Map.of(),
            new TreeMap<>(),
            new ConcurrentHashMap<>()));
  }

  @Test
  void map_withNullKey_isCodecException() {
    Map<String, Integer> map = new HashMap<>();
    map.put(null, 1);
    assertThatThrownBy(() -> codec(new TypeOf<Map<String, Integer>>() {}.type()).encode(map))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("Null key");
  }

  private record Sorted(SortedSet<String> set, SortedMap<String, Integer> map) {}

  @Test
  void sorted_whenRead_isInNaturalOrder() {
    Sorted read =
        roundTrip(
            new Sorted(new TreeSet<>(Comparator.reverseOrder()), new TreeMap<>(Map.of("a", 1))));
    read.set.addAll(List.of("b", "a"));
    assertThat(read.set).containsExactly("a", "b");
    assertThat(read.map).containsExactly(Map.entry("a", 1));
  }

  @Test
  void containers_whenRead_areMutable() {
    ManyCollections read =
        decode(ManyCollections.class, "{\"list\":[],\"set\":[],\"enums\":[],\"deep\":[[]]}");
    read.list.add(new Item("a", 1));
    read.set.add(Level.LOW);
    read.deep.get(0).add(Set.of());
    assertThat(read.list).hasSize(1);
  }

  // --- generics

  private record Page<T>(List<T> items, @Nullable Page<T> next) {}

  private record Box<T>(T item) {}

  private record HasGenerics(
      Page<Item> page, Box<Instant> box, Box<List<Shape>> shapes, Map<String, Box<Level>> map) {}

  @Test
  void generics_asParameterizedTarget_roundTrips() {
    assertRoundTrip(
        new TypeOf<Page<Item>>() {}.type(),
        new Page<>(List.of(new Item("a", 1)), new Page<>(List.of(), null)));
    assertRoundTrip(
        new TypeOf<Page<Shape>>() {}.type(), new Page<Shape>(List.of(new Circle(1)), null));
    assertRoundTrip(new TypeOf<List<Map<String, Item>>>() {}.type(), List.of(Map.of()));
    assertRoundTrip(new TypeOf<Optional<Item>>() {}.type(), Optional.empty());
    assertRoundTrip(new TypeOf<Box<? extends Shape>>() {}.type(), new Box<Shape>(new Circle(2)));
  }

  @Test
  void generics_asComponent_roundTrips() {
    assertRoundTrip(
        new HasGenerics(
            new Page<>(List.of(new Item("a", 1)), null),
            new Box<>(Instant.EPOCH),
            new Box<>(List.of(new Circle(1), new Square(2))),
            Map.of("k", new Box<>(Level.HIGH))));
  }

  private sealed interface Result<T> permits Success, Failure {}

  private record Success<V>(V value) implements Result<V> {}

  private record Failure<X>(String reason, Optional<Result<X>> before) implements Result<X> {}

  private record HasResult(Result<Item> result) {}

  @Test
  void generics_ofSealedType_reachTheSubtypes() {
    assertRoundTrip(new HasResult(new Success<>(new Item("a", 1))));
    assertRoundTrip(
        new HasResult(new Failure<>("r", Optional.of(new Success<>(new Item("a", 1))))));
  }

  @Test
  void generics_ofSealedTypeAsTarget_reachSealedMembers() {
    Type type = new TypeOf<Result<Shape>>() {}.type();
    assertRoundTrip(type, new Success<Shape>(new Circle(1)));
    assertRoundTrip(type, new Failure<>("r", Optional.of(new Success<Shape>(new Square(1)))));
    assertRoundTrip(
        new TypeOf<List<Result<Shape>>>() {}.type(), List.of(new Success<Shape>(new Circle(1))));
    assertRoundTrip(
        new TypeOf<Box<Result<Box<Shape>>>>() {}.type(),
        new Box<Result<Box<Shape>>>(new Success<>(new Box<>(new Circle(1)))));
  }

  private sealed interface Query<T> permits ListQuery {}

  private record ListQuery<E>(E first) implements Query<List<E>> {}

  @Test
  void generics_ofSealedTypeWithRearrangedArguments_areFound() {
    assertRoundTrip(new TypeOf<Query<List<Item>>>() {}.type(), new ListQuery<>(new Item("a", 1)));
  }

  private record Tree(String name, List<Tree> children, @Nullable Tree favourite) {}

  private sealed interface Expression permits Literal, Sum {}

  private record Literal(int value) implements Expression {}

  private record Sum(Expression left, Expression right) implements Expression {}

  @Test
  void recursive_types_roundTrip() {
    Tree leaf = new Tree("leaf", List.of(), null);
    assertRoundTrip(new Tree("root", List.of(leaf, leaf), leaf));
    assertRoundTrip(
        Expression.class, new Sum(new Literal(1), new Sum(new Literal(2), new Literal(3))));
  }

  // --- sealed types

  private record Drawing(
      Shape shape,
      Optional<Shape> optional,
      List<Shape> list,
      Map<String, Shape> map,
      Polygon polygon,
      Circle circle,
      Box<Box<Shape>> box) {}

  @Test
  void sealed_atAnyDepth_roundTrips() {
    Shape deep = new Triangle(Optional.of(new Triangle(Optional.of(new Circle(1)))));
    assertRoundTrip(
        new Drawing(
            deep,
            Optional.of(deep),
            List.of(deep, new Square(1), new Circle(2)),
            Map.of("a", deep, "b", new Square(3)),
            new Square(4),
            new Circle(5),
            new Box<>(new Box<>(deep))));
    assertRoundTrip(
        new Drawing(
            new Circle(1),
            Optional.empty(),
            List.of(),
            Map.of(),
            new Triangle(Optional.empty()),
            new Circle(1),
            new Box<>(new Box<>(new Circle(1)))));
  }

  @Test
  void sealed_target_namesTheSubtypeBesideItsMembers() {
    assertThat(text(Visitor.class, new Guest())).isEqualTo("{\"@type\":\"Guest\"}");
    assertThat(text(Visitor.class, Level.HIGH)).isEqualTo("[\"Level\",\"HIGH\"]");
    assertThat(text(Shape.class, new Square(1))).isEqualTo("{\"@type\":\"Square\",\"side\":1}");
  }

  @Test
  void sealed_subtypeAsTheDeclaredType_isWrittenPlain() {
    assertThat(text(Square.class, new Square(1))).isEqualTo("{\"side\":1}");
  }

  private static final class Cat {
    private record Data(String name) implements Pet {}
  }

  private static final class Dog {
    private record Data(int age) implements Pet {}
  }

  private record Bird() implements Pet {}

  private sealed interface Pet permits Cat.Data, Dog.Data, Bird {}

  @Test
  void sealed_subtypesSharingTheirSimpleName_areToldApartByTheWholeName() {
    assertRoundTrip(Pet.class, new Cat.Data("a"));
    assertRoundTrip(Pet.class, new Dog.Data(3));
    assertThat(text(Pet.class, new Dog.Data(3)))
        .isEqualTo("{\"@type\":\"" + Dog.Data.class.getName() + "\",\"age\":3}");
    assertThat(text(Pet.class, new Bird())).isEqualTo("{\"@type\":\"Bird\"}");
  }

  private sealed interface Plan permits Free, Paid {}

  private sealed interface Priced permits Paid, Gift {}

  private record Free() implements Plan {}

  private record Gift() implements Priced {}

  private record Paid(int price) implements Plan, Priced {}

  private record HasPlans(Plan plan, Priced priced) {}

  @Test
  void sealed_subtypeOfTwoSealedTypes_roundTrips() {
    assertRoundTrip(new HasPlans(new Paid(1), new Paid(2)));
    assertRoundTrip(new HasPlans(new Free(), new Gift()));
  }

  private abstract static sealed class Step permits FirstStep, LastStep {
    protected int number;

    @Override
    public boolean equals(Object other) {
      return other instanceof Step step && step.getClass() == getClass() && step.number == number;
    }

    @Override
    public int hashCode() {
      return number;
    }
  }

  private static sealed class FirstStep extends Step permits SkippedStep {}

  private static final class SkippedStep extends FirstStep {}

  private static final class LastStep extends Step {}

  @Test
  void sealed_classes_roundTripWithInheritedFields() {
    for (Step step : List.of(new FirstStep(), new SkippedStep(), new LastStep())) {
      step.number = 7;
      assertRoundTrip(Step.class, step);
    }
  }

  @Test
  void sealed_nameThatIsNotPermitted_isCodecExceptionAndNothingIsBuilt() {
    for (String name :
        List.of(
            "Removed",
            "java.lang.String",
            JsonSessionCodecTest.class.getName(),
            Circle.class.getName(),
            "Shape",
            "Polygon",
            "")) {
      assertThatThrownBy(() -> decode(Shape.class, "{\"@type\":\"" + name + "\",\"radius\":1}"))
          .isInstanceOf(SessionCodecException.class)
          .hasMessageContaining(Shape.class.getName());
    }
  }

  @Test
  void sealed_withoutTypeOrWithAnotherKindOfIt_isCodecException() {
    for (String json :
        List.of(
            "{}",
            "{\"radius\":1}",
            "{\"@type\":1}",
            "{\"@type\":null}",
            "{\"@type\":[\"Circle\"]}",
            "\"Circle\"",
            "[]")) {
      assertThatThrownBy(() -> decode(Shape.class, json)).isInstanceOf(SessionCodecException.class);
    }
  }

  // --- classes

  private abstract static class Base<T> {
    private @Nullable T inherited;
  }

  private static final class Cart extends Base<List<Item>> {
    private static int created;

    private @Nullable String name;
    private List<Item> items = new ArrayList<>();
    private Optional<Shape> shape = Optional.empty();
    private int version = 3;
    private transient int hits;

    Cart() {
      created++;
    }

    public String getComputed() {
      return "a getter is no state";
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Cart cart
          && Objects.equals(((Base<?>) this).inherited, ((Base<?>) cart).inherited)
          && Objects.equals(name, cart.name)
          && items.equals(cart.items)
          && shape.equals(cart.shape)
          && version == cart.version;
    }

    @Override
    public int hashCode() {
      return items.hashCode();
    }
  }

  @Test
  void class_withFields_roundTripsAllButTransientOnes() {
    Cart cart = new Cart();
    ((Base<List<Item>>) cart).inherited = List.of(new Item("i", 1));
    cart.name = "a";
    cart.items.add(new Item("b", 2));
    cart.shape = Optional.of(new Circle(1));
    cart.version = 4;
    cart.hits = 5;
    assertRoundTrip(cart);
    assertThat(roundTrip(cart).hits).isZero();
    assertThat(encoded(cart)).doesNotContain("hits", "created", "computed");
  }

  @Test
  void class_withFieldsThatAreAbsent_keepsWhatItsConstructorGave() {
    Cart read = decode(Cart.class, "{\"name\":\"a\",\"gone\":{}}");
    assertThat(read.name).isEqualTo("a");
    assertThat(read.version).isEqualTo(3);
    assertThat(read.items).isEmpty();
    assertThat(Cart.created).isPositive();
  }

  private static class Open {}

  private static final class Below extends Open {}

  @Test
  void class_valueOfASubclass_isRefusedInsteadOfCut() {
    assertThatThrownBy(() -> codec(Open.class).encode(new Below()))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("sealed");
  }

  private record HasOpen(Open open, List<Open> list) {}

  @Test
  void class_valueOfASubclassInside_isRefusedInsteadOfCut() {
    assertRefusedValue(HasOpen.class, new HasOpen(new Below(), List.of()));
    assertRefusedValue(HasOpen.class, new HasOpen(new Open(), List.of(new Below())));
  }

  private static void assertRefusedValue(Class<?> type, Object value) {
    assertThatThrownBy(() -> codec(type).encode(value))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("only a sealed type tells its subtypes apart");
  }

  private static final class Node {
    private @Nullable Node next;
  }

  @Test
  void class_thatRefersToItself_isCodecException() {
    Node node = new Node();
    node.next = node;
    assertThatThrownBy(() -> codec(Node.class).encode(node))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("self-reference");
    Node other = new Node();
    node.next = other;
    other.next = node;
    assertThatThrownBy(() -> codec(Node.class).encode(node))
        .isInstanceOf(SessionCodecException.class)
        .hasStackTraceContaining("nesting depth");
  }

  @Test
  void class_nestedAsDeepAsAllowed_isReadBack() {
    Node node = new Node();
    for (int depth = 1; depth < SessionMapper.MAX_DEPTH; depth++) {
      Node outer = new Node();
      outer.next = node;
      node = outer;
    }
    Node read = roundTrip(node);
    assertThat(read.next).isNotNull();
    Node tooDeep = new Node();
    tooDeep.next = node;
    assertThatThrownBy(() -> codec(Node.class).encode(tooDeep))
        .isInstanceOf(SessionCodecException.class);
  }

  // --- annotations of Jackson

  private static final class Money {
    private final BigDecimal amount;

    @JsonCreator
    Money(@JsonProperty("amount") BigDecimal amount) {
      this.amount = amount;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Money money && amount.equals(money.amount);
    }

    @Override
    public int hashCode() {
      return amount.hashCode();
    }
  }

  private record UserId(@JsonValue String text) {}

  private record Renamed(@JsonProperty("old") String now, Money money, UserId user) {}

  @Test
  void annotations_forNamesAndCreators_areHonoured() {
    Renamed renamed = new Renamed("a", new Money(new BigDecimal("1.10")), new UserId("u"));
    assertRoundTrip(renamed);
    assertThat(encoded(renamed))
        .isEqualTo("{\"old\":\"a\",\"money\":{\"amount\":1.10},\"user\":\"u\"}");
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  private sealed interface Choice permits NamedByClass {}

  private record NamedByClass(int number) implements Choice {}

  private record HasNamedByClass(
      @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Choice one, List<Choice> many) {}

  private record HasOpenNamedByClass(
      @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) OpenInterface open) {}

  @Test
  void annotations_thatPutClassNamesIntoBytes_areIgnored() {
    HasNamedByClass data = new HasNamedByClass(new NamedByClass(1), List.of(new NamedByClass(2)));
    assertRoundTrip(data);
    assertThat(encoded(data)).doesNotContain("@class", "typedsession");
    assertRefused(HasOpenNamedByClass.class, "HasOpenNamedByClass.open: ", "make it sealed");
  }

  // --- versions

  private record Everything(
      boolean flag,
      int number,
      char character,
      @Nullable String text,
      Optional<String> optional,
      OptionalInt optionalInt,
      List<String> list,
      Set<Level> set,
      SortedSet<String> sorted,
      EnumSet<Level> enums,
      Map<String, Item> map,
      String[] array,
      @Nullable Inner inner,
      @Nullable Shape shape,
      @Nullable Level level,
      byte @Nullable [] bytes) {}

  @Test
  void decode_componentsAddedLater_areAbsent() {
    Everything read = decode(Everything.class, "{}");
    assertThat(read)
        .usingRecursiveComparison()
        .isEqualTo(
            new Everything(
                false,
                0,
                '\0',
                null,
                Optional.empty(),
                OptionalInt.empty(),
                List.of(),
                Set.of(),
                new TreeSet<>(),
                EnumSet.noneOf(Level.class),
                Map.of(),
                new String[0],
                null,
                null,
                null,
                new byte[0]));
  }

  private record Copying(List<Item> items, Map<String, Item> map, Set<Level> set) {
    Copying {
      items = List.copyOf(items);
      map = Map.copyOf(map);
      set = Set.copyOf(set);
    }
  }

  @Test
  void decode_containersAddedLater_areThereForACopyingConstructor() {
    assertThat(decode(Copying.class, "{}")).isEqualTo(new Copying(List.of(), Map.of(), Set.of()));
    assertThatThrownBy(() -> decode(Copying.class, "{\"items\":null}"))
        .isInstanceOf(SessionCodecException.class)
        .hasRootCauseMessage(NullPointerException.class.getName());
  }

  @Test
  void decode_nullForAPrimitiveOrOptional_isZeroOrEmpty() {
    Everything read =
        decode(Everything.class, "{\"flag\":null,\"number\":null,\"optionalInt\":null}");
    assertThat(read.flag).isFalse();
    assertThat(read.number).isZero();
    assertThat(read.optionalInt).isEmpty();
  }

  @Test
  void decode_unknownProperties_areIgnored() {
    assertThat(decode(Item.class, "{\"x\":[{\"y\":1}],\"id\":\"a\",\"@type\":\"Q\",\"count\":2}"))
        .isEqualTo(new Item("a", 2));
    assertThat(decode(Shape.class, "{\"x\":{},\"radius\":2,\"@type\":\"Circle\"}"))
        .isEqualTo(new Circle(2));
  }

  private record Narrow(byte number) {}

  private record Wide(double number) {}

  @Test
  void decode_numberOfAnotherSize_isReadOnlyIfItFits() {
    assertThat(decode(Narrow.class, "{\"number\":127}")).isEqualTo(new Narrow((byte) 127));
    assertThat(decode(Wide.class, "{\"number\":127}")).isEqualTo(new Wide(127));
    for (String number :
        List.of("128", "255", "-129", "1.0", "1.5", "1e99", "99999999999999999999", "1e999999")) {
      assertThatThrownBy(() -> decode(Narrow.class, "{\"number\":" + number + "}"))
          .isInstanceOf(SessionCodecException.class)
          .hasMessageContaining("Narrow[\"number\"]");
    }
  }

  @Test
  void decode_enumConstantRemoved_isCodecExceptionNamingTheComponent() {
    assertThatThrownBy(() -> decode(Enums.class, "{\"level\":\"GONE\"}"))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("Enums[\"level\"]");
  }

  // --- garbage

  @Test
  void decode_anythingElse_isCodecException() {
    for (String json :
        List.of(
            "",
            " ",
            "null",
            "1",
            "\"a\"",
            "[]",
            "{",
            "{\"id\"",
            "{\"id\":}",
            "{\"id\":\"a\",\"count\":1}x",
            "{\"id\":\"a\",\"count\":1}{}",
            "{\"id\":1}",
            "{\"id\":{}}",
            "{\"id\":true}",
            "{\"count\":\"1\"}",
            "{\"count\":[]}",
            "{\"count\":false}",
            "[".repeat(50_000),
            "{\"id\":".repeat(50_000))) {
      assertThatThrownBy(() -> decode(Item.class, json)).isInstanceOf(SessionCodecException.class);
    }
  }

  @Test
  void decode_bytesThatAreNotUtf8_isCodecExceptionInsteadOfReplaced() {
    byte[] latin1 = "{\"text\":\"\u00e4\"}".getBytes(ISO_8859_1);
    assertThatThrownBy(() -> codec(Text.class).decode(latin1))
        .isInstanceOf(SessionCodecException.class);
  }

  @Test
  void decode_garbageInEveryKindOfComponent_isDataOrCodecException() {
    List<String> garbage = List.of("{}", "[[]]", "\"\\u0000\"", "-1e9", "true", "[null,{}]");
    for (Class<?> type :
        List.of(Times.class, Maps.class, ManyCollections.class, Texts.class, Primitives.class)) {
      for (RecordComponent component : type.getRecordComponents()) {
        for (String value : garbage) {
          String json = "{\"" + component.getName() + "\":" + value + "}";
          Object read;
          try {
            read = decode(type, json);
          } catch (SessionCodecException expected) {
            continue;
          }
          assertThat(read).isInstanceOf(type);
        }
      }
    }
  }

  // --- what the constructor refuses

  private record HasObject(List<Map<String, Box<Object>>> stuff) {}

  private interface OpenInterface {}

  private record HasOpenInterface(OpenInterface open) {}

  private sealed interface Leaky permits LeakyClass {}

  private static non-sealed class LeakyClass implements Leaky {}

  private record HasFinal(FinalField field) {}

  private static final class FinalField {
    private final List<String> items = new ArrayList<>();
  }

  private static final class NoConstructor {
    private int number;

    NoConstructor(int number) {
      this.number = number;
    }
  }

  @SuppressWarnings("ClassCanBeStatic") // the mistake that is tested
  private final class InnerClass {
    private int number;
  }

  private record OpenAndBelow(Open open, Below below) {}

  private static class Named {
    private int number;
  }

  private static final class NamedTwice extends Named {
    private int number;
  }

  private static final class OwnException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class OwnList extends ArrayList<String> {
    private static final long serialVersionUID = 1L;
  }

  private record HasRecordKey(Map<Item, String> map) {}

  private record HasUnsortable(SortedSet<Item> set) {}

  private record TwoOptionals(Optional<Optional<String>> text) {}

  @SuppressWarnings("rawtypes") // the mistake that is tested
  private record HasRaw(List list) {}

  private record HasWildcard(List<?> list) {}

  private record Endless<T>(@Nullable Endless<List<T>> next) {}

  private record HasSerializable(Serializable serializable) {}

  private record HasClass(Class<?> type) {}

  @Test
  void construct_openType_isRefusedWithPathReasonAndWayOut() {
    assertThatThrownBy(() -> codec(HasObject.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            HasObject.class.getName()
                + " cannot be stored as JSON: HasObject.stuff[]{}.item: java.lang.Object has no"
                + " JSON form; use another type or a SessionCodec");
    assertRefused(HasOpenInterface.class, "HasOpenInterface.open: ", "make it sealed");
    assertRefused(HasSerializable.class, "HasSerializable.serializable: ", "no JSON form");
    assertRefused(HasClass.class, "HasClass.type: ", "no JSON form");
    assertRefused(HasWildcard.class, "HasWildcard.list[]: ", "java.lang.Object");
  }

  @Test
  void construct_nonSealedSubtype_isRefused() {
    assertRefused(Leaky.class, "LeakyClass", "non-sealed", "make it final");
  }

  @Test
  void construct_classThatCannotBeReadBack_isRefused() {
    assertRefused(HasFinal.class, "HasFinal.field: ", "FinalField.items is final", "record");
    assertRefused(NoConstructor.class, "no constructor without arguments");
    assertRefused(InnerClass.class, "no constructor without arguments");
    assertRefused(OwnList.class, "OwnList extends a container");
    assertRefused(OwnException.class, "extends java.lang.RuntimeException");
    assertRefused(Thread.class, "java.lang.Thread");
    assertRefused(NamedTwice.class, "two fields called number");
    assertRefused(OpenAndBelow.class, "make it sealed");
  }

  @Test
  void construct_containerThatCannotBeReadBack_isRefused() {
    assertRefused(HasRecordKey.class, "HasRecordKey.map: ", "cannot be the key of a map");
    assertRefused(HasUnsortable.class, "HasUnsortable.set: ", "not Comparable");
    assertRefused(TwoOptionals.class, "TwoOptionals.text: ", "use one only");
  }

  @Test
  void construct_unresolvedTypes_isRefused() {
    assertRefused(Page.class, "Page.items[]: ", "java.lang.Object");
    assertRefused(HasRaw.class, "HasRaw.list[]: ", "java.lang.Object");
    assertThatThrownBy(() -> codec(Page.class.getTypeParameters()[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertRefused(new TypeOf<Endless<String>>() {}.type(), "never ends");
  }

  @Test
  @SuppressWarnings("NullAway") // the mistake that is tested
  void encode_null_isRefused() {
    assertThatThrownBy(() -> codec().encode(null)).isInstanceOf(NullPointerException.class);
  }

  // --- helpers

  /** Captures a generic type. */
  private abstract static class TypeOf<T> {
    Type type() {
      return ((ParameterizedType) getClass().getGenericSuperclass()).getActualTypeArguments()[0];
    }
  }

  private static <T> JsonSessionCodec<T> codec(Type type) {
    return new JsonSessionCodec<>(type);
  }

  private static <T> T decode(Class<T> type, String json) {
    return JsonSessionCodecTest.<T>codec(type).decode(json.getBytes(UTF_8));
  }

  private static String text(Type type, Object data) {
    return new String(codec(type).encode(data), UTF_8);
  }

  private static String encoded(Object data) {
    return text(declaredClass(data), data);
  }

  private static <T> T roundTrip(T data) {
    JsonSessionCodec<T> codec = codec(declaredClass(data));
    return codec.decode(codec.encode(data));
  }

  private static void assertRoundTrip(Object data) {
    assertRoundTrip(declaredClass(data), data);
  }

  private static void assertRoundTrip(Type type, Object data) {
    JsonSessionCodec<Object> codec = codec(type);
    byte[] bytes = codec.encode(data);
    assertThat(codec.decode(bytes)).as(new String(bytes, UTF_8)).isEqualTo(data);
  }

  private static Class<?> declaredClass(Object data) {
    return data instanceof Enum<?> constant ? constant.getDeclaringClass() : data.getClass();
  }

  private static void assertRefused(Type type, String... parts) {
    assertThatThrownBy(() -> codec(type))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(type.getTypeName() + " cannot be stored as JSON: ")
        .hasMessageContainingAll(parts);
  }

  record Counts(Map<String, Integer> byName) {}

  record Names(Map<String, String> byName) {}

  @Test
  void decode_wrongValueUnderAKey_doesNotTellTheKey() {
    byte[] bytes =
        new JsonSessionCodec<Names>(Names.class)
            .encode(new Names(Map.of("secret\n17:99 ERROR forged", "x")));

    assertThatThrownBy(() -> new JsonSessionCodec<Counts>(Counts.class).decode(bytes))
        .isInstanceOf(SessionCodecException.class)
        .hasMessageContaining("byName")
        .message()
        .doesNotContain("secret", "\n");
  }
}
