package org.typedsession.json;

import static java.time.temporal.ChronoField.MONTH_OF_YEAR;
import static java.time.temporal.ChronoField.YEAR;

import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
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
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.util.Base64;
import java.util.Currency;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The shapes of single values: one JSON string, number or boolean each. */
final class ScalarShapes {

  // YearMonth's own toString cannot be parsed beyond the year 9999.
  private static final DateTimeFormatter YEAR_MONTH =
      new DateTimeFormatterBuilder()
          .appendValue(YEAR, 4, 10, SignStyle.EXCEEDS_PAD)
          .appendLiteral('-')
          .appendValue(MONTH_OF_YEAR, 2)
          .toFormatter(Locale.ROOT);

  private static final Map<Class<?>, JsonShape> SHAPES = new HashMap<>();

  static {
    text(String.class, s -> s, s -> s);
    text(Character.class, Object::toString, ScalarShapes::parseCharacter);
    text(UUID.class, UUID::toString, UUID::fromString);
    text(URI.class, URI::toString, URI::create);
    text(Locale.class, Locale::toLanguageTag, Locale::forLanguageTag);
    text(Currency.class, Currency::getCurrencyCode, Currency::getInstance);
    // As strings, because JSON-P providers limit the size of numbers.
    text(BigDecimal.class, BigDecimal::toString, BigDecimal::new);
    text(BigInteger.class, BigInteger::toString, BigInteger::new);
    text(byte[].class, Base64.getEncoder()::encodeToString, Base64.getDecoder()::decode);

    text(Instant.class, Instant::toString, Instant::parse);
    text(Duration.class, Duration::toString, Duration::parse);
    text(Period.class, Period::toString, Period::parse);
    text(LocalDate.class, LocalDate::toString, LocalDate::parse);
    text(LocalTime.class, LocalTime::toString, LocalTime::parse);
    text(LocalDateTime.class, LocalDateTime::toString, LocalDateTime::parse);
    text(OffsetDateTime.class, OffsetDateTime::toString, OffsetDateTime::parse);
    text(OffsetTime.class, OffsetTime::toString, OffsetTime::parse);
    text(ZonedDateTime.class, ZonedDateTime::toString, ZonedDateTime::parse);
    text(ZoneId.class, ZoneId::getId, ZoneId::of);
    text(ZoneOffset.class, ZoneOffset::getId, ZoneOffset::of);
    // Year's own toString cannot be parsed for years of fewer than four digits.
    text(Year.class, Year::toString, s -> Year.of(Integer.parseInt(s)));
    text(YearMonth.class, YEAR_MONTH::format, s -> YearMonth.parse(s, YEAR_MONTH));
    text(MonthDay.class, MonthDay::toString, MonthDay::parse);

    SHAPES.put(Boolean.class, new Bool());
    SHAPES.put(Byte.class, new Integral(Byte.MIN_VALUE, Byte.MAX_VALUE, n -> (byte) n));
    SHAPES.put(Short.class, new Integral(Short.MIN_VALUE, Short.MAX_VALUE, n -> (short) n));
    SHAPES.put(Integer.class, new Integral(Integer.MIN_VALUE, Integer.MAX_VALUE, n -> (int) n));
    SHAPES.put(Long.class, new Integral(Long.MIN_VALUE, Long.MAX_VALUE, n -> n));
    SHAPES.put(Float.class, new Floating(Double::floatValue));
    SHAPES.put(Double.class, new Floating(n -> n));

    primitive(boolean.class, Boolean.class);
    primitive(char.class, Character.class);
    primitive(byte.class, Byte.class);
    primitive(short.class, Short.class);
    primitive(int.class, Integer.class);
    primitive(long.class, Long.class);
    primitive(float.class, Float.class);
    primitive(double.class, Double.class);
  }

  private ScalarShapes() {}

  /** The shape of a type that this class knows, or null. */
  static @Nullable JsonShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  private static <T> void text(
      Class<T> type, Function<? super T, String> format, Function<String, T> parse) {
    SHAPES.put(type, new Text(value -> format.apply(type.cast(value)), parse));
  }

  private static void primitive(Class<?> primitive, Class<?> box) {
    JsonShape boxed = SHAPES.get(box);
    if (boxed == null) {
      throw new IllegalStateException("no shape for " + box);
    }
    SHAPES.put(primitive, new Primitive(boxed, Array.get(Array.newInstance(primitive, 1), 0)));
  }

  private static Character parseCharacter(String text) {
    if (text.length() != 1) {
      throw new IllegalArgumentException("not one character");
    }
    return text.charAt(0);
  }

  /** The type's own text form in a JSON string. */
  private record Text(Function<Object, String> format, Function<String, ?> parse)
      implements JsonShape.Key {

    @Override
    public void write(JsonOutput out, Object value) {
      out.text(toKey(value));
    }

    @Override
    public Object read(JsonValue json) {
      return fromKey(((JsonString) json).getString());
    }

    @Override
    public String toKey(Object value) {
      return format.apply(value);
    }

    @Override
    public Object fromKey(String key) {
      return parse.apply(key);
    }
  }

  private record Bool() implements JsonShape.Key {

    @Override
    public void write(JsonOutput out, Object value) {
      out.bool((Boolean) value);
    }

    @Override
    public Object read(JsonValue json) {
      return fromKey(json.toString());
    }

    @Override
    public String toKey(Object value) {
      return value.toString();
    }

    @Override
    public Object fromKey(String key) {
      return switch (key) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException("neither true nor false");
      };
    }
  }

  /** Whole numbers; one that does not fit is refused, never cut. */
  private record Integral(long min, long max, LongFunction<Object> cast) implements JsonShape.Key {

    @Override
    public void write(JsonOutput out, Object value) {
      out.number(((Number) value).longValue());
    }

    @Override
    public Object read(JsonValue json) {
      return inRange(((JsonNumber) json).longValueExact());
    }

    @Override
    public String toKey(Object value) {
      return value.toString();
    }

    @Override
    public Object fromKey(String key) {
      return inRange(Long.parseLong(key));
    }

    private Object inRange(long number) {
      if (number < min || number > max) {
        throw new ArithmeticException("the stored number is too large for its type");
      }
      return cast.apply(number);
    }
  }

  /** JSON numbers, but strings for NaN, the infinities and -0.0, which JSON-P cannot keep. */
  private record Floating(Function<Double, Object> cast) implements JsonShape.Key {

    @Override
    public void write(JsonOutput out, Object value) {
      double number = ((Number) value).doubleValue();
      if (Double.isFinite(number) && Double.compare(number, -0.0) != 0) {
        out.number(number);
      } else {
        out.text(Double.toString(number));
      }
    }

    @Override
    public Object read(JsonValue json) {
      return json instanceof JsonString text
          ? fromKey(text.getString())
          : cast.apply(((JsonNumber) json).doubleValue());
    }

    @Override
    public String toKey(Object value) {
      return value.toString();
    }

    @Override
    public Object fromKey(String key) {
      return cast.apply(Double.parseDouble(key));
    }
  }

  /** A primitive has no null: it is zero where the writer had none. */
  private record Primitive(JsonShape boxed, Object zero) implements JsonShape {

    @Override
    public void write(JsonOutput out, Object value) {
      boxed.write(out, value);
    }

    @Override
    public Object read(JsonValue json) {
      return boxed.read(json);
    }

    @Override
    public Object ofNull() {
      return zero;
    }
  }
}
