package org.typedsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import jakarta.json.JsonException;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.spi.SessionCodec;

/**
 * Session data as JSON in UTF-8, through the server's Jakarta JSON Processing. It needs no
 * annotation, no schema and no public class.
 *
 * <p>The type and all it is made of must be known: records; sealed interfaces and classes, at any
 * depth, of any number of levels; enums; classes with a no-argument constructor and fields that are
 * not final; arrays; the JDK's common collections, maps (with keys of one text: strings, numbers,
 * enums, {@code UUID}, dates …) and optionals; primitives and their boxes, {@code String}, {@code
 * BigDecimal}, {@code BigInteger}, {@code UUID}, {@code URI}, {@code Locale}, {@code Currency} and
 * {@code java.time}. Generic types are fine when their arguments are named. Everything else is
 * refused by the constructor.
 *
 * <p>A record becomes an object of its components, a class an object of its fields ({@code
 * transient} ones left out; neither getters nor JSON Binding annotations are looked at). A value of
 * a sealed type also tells its subtype by its simple name, {@code {"@type":"Guest","name":"Ada"}},
 * or by its full name if two permitted subtypes share the simple one; an enum constant there is
 * {@code {"@type":"Level","@value":"HIGH"}}. Only permitted subtypes are ever built.
 *
 * <p>When the type changes, stored data is read like this:
 *
 * <table>
 *   <caption>Changes and their effect</caption>
 *   <tr><td>component or field removed<td>ignored
 *   <tr><td>component added<td>an empty collection, map, array or optional; 0 or {@code false} for
 *       a primitive; otherwise null. A compact constructor may then put something better
 *   <tr><td>field of a class added<td>what the no-argument constructor gives it
 *   <tr><td>{@code T} becomes {@code Optional<T>}, or back<td>read; empty is null
 *   <tr><td>whole number widened or narrowed<td>read, if the value fits
 *   <tr><td>component, field or map entry renamed<td>removed and added
 *   <tr><td>subtype or enum constant removed or renamed; subtype that now shares its simple name;
 *       a record that becomes sealed<td>{@link SessionCodecException} where it was stored
 * </table>
 *
 * <p>What comes back equals what was written, with these limits: collections and maps are the
 * mutable standard ones; a null {@code Optional} comes back empty; a sorted set or map must have
 * its natural order; data must not nest deeper than 500 levels nor refer to itself; a value must be
 * of exactly the declared class, unless that is sealed.
 *
 * @param <D> the type of the session data
 */
public final class JsonSessionCodec<D> implements SessionCodec<D> {

  // In a pattern, a pair of surrogates is one character, so this finds the lonely ones.
  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  private final Type type;
  private final JsonShape shape;
  private final JsonGeneratorFactory generators;
  private final JsonParserFactory parsers;

  /**
   * Walks the type and looks up the JSON provider, which the thread context class loader must be
   * able to see; both once.
   *
   * @param type {@code D}: a class or a parameterized type
   * @throws IllegalArgumentException if data of this type could not be written or not be read back;
   *     names the path to the culprit, the reason and the way out
   * @throws IllegalStateException if there is no provider of Jakarta JSON Processing
   */
  public JsonSessionCodec(Type type) {
    this.type = requireNonNull(type, "type");
    this.shape = JsonShapeBuilder.build(type);
    JsonProvider provider = provider();
    this.generators = provider.createGeneratorFactory(Map.of());
    this.parsers = provider.createParserFactory(Map.of());
  }

  private static JsonProvider provider() {
    try {
      return JsonProvider.provider();
    } catch (JsonException e) {
      throw new IllegalStateException(
          "no Jakarta JSON Processing provider found; outside a Jakarta EE server add one, as"
              + " org.eclipse.parsson:parsson",
          e);
    }
  }

  @Override
  public String id() {
    return "json";
  }

  @Override
  public byte[] encode(D data) {
    requireNonNull(data, "data");
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = generators.createGenerator(text)) {
      shape.write(new JsonOutput(generator), data);
    } catch (SessionCodecException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new SessionCodecException(type.getTypeName() + " cannot be written as JSON", e);
    }
    // UTF-8 has no lone surrogates and would replace them; JSON can escape them.
    return LONE_SURROGATE
        .matcher(text.getBuffer())
        .replaceAll(match -> "\\\\u%04x".formatted((int) match.group().charAt(0)))
        .getBytes(UTF_8);
  }

  @Override
  @SuppressWarnings("unchecked") // the shape was built from D, and only D fits it
  public D decode(byte[] bytes) {
    @Nullable Object data;
    try {
      data = shape.readNullable(parse(bytes));
    } catch (SessionCodecException e) {
      throw e;
    } catch (CharacterCodingException | RuntimeException | StackOverflowError e) {
      // Not every provider limits how deep it follows what is nested.
      throw new SessionCodecException("stored bytes are no " + type.getTypeName(), e);
    }
    if (data == null) {
      throw new SessionCodecException("null is stored in place of a " + type.getTypeName(), null);
    }
    return (D) data;
  }

  private JsonValue parse(byte[] bytes) throws CharacterCodingException {
    // Unlike new String, a decoder reports damage instead of replacing it.
    String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    try (JsonParser parser = parsers.createParser(new StringReader(text))) {
      parser.next();
      JsonValue value = parser.getValue();
      if (parser.hasNext()) {
        throw new JsonException("more than one value");
      }
      return value;
    }
  }

  @Override
  public String toString() {
    return "JsonSessionCodec[" + type.getTypeName() + "]";
  }
}
