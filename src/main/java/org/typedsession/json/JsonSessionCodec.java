package org.typedsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.typedsession.SessionCodecException;
import org.typedsession.spi.DataDifference;
import org.typedsession.spi.SessionCodec;

/**
 * Session data as JSON, through Jackson. It needs no annotation, no schema and no public class.
 *
 * <p>The type may be made of records; sealed interfaces and classes, at any depth, of any number of
 * levels; enums; classes with a no-argument constructor; arrays; the JDK's collections, maps (with
 * keys of one text: strings, numbers, enums, {@code UUID}, dates …) and optionals; and of the
 * values that Jackson knows, {@code java.time} among them. Generic types are fine when their
 * arguments are named. What is open to any subtype, or could be written but not read back, is
 * refused by the constructor: also what an annotation keeps from being written or read. The rest is
 * shown by the first value that is written, of each class and each member: it is read and compared,
 * and refused with the path to what would not come back. Where an annotation gives something a form
 * of its own ({@code @JsonFormat}, {@code @JsonSerialize}, a {@code @JsonValue} that is not the
 * only field), so is every value. Needs Jackson 2.18.
 *
 * <p>A record becomes an object of its components, a class an object of its fields ({@code
 * transient} ones left out; getters are not looked at). Jackson's annotations for names, creators
 * and values are honoured; those that put class names into bytes, or leave out what is null or
 * empty, are not. A value of a sealed type also tells its subtype by its simple name, {@code
 * {"@type":"Guest","name":"Ada"}}, or by its full name if two permitted subtypes share the simple
 * one; an enum constant there is {@code ["Level","HIGH"]}. Only permitted subtypes are ever built.
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
 *   <tr><td>subtype or enum constant removed or renamed, or added and read by the version before;
 *       subtype that now shares its simple name; a record that becomes sealed<td>{@link SessionCodecException} where it was stored
 * </table>
 *
 * <p>What was ignored is gone with the next change of the data that is stored: a value is what the
 * version that wrote it says.
 *
 * <p>What comes back equals what was written, with these limits: collections and maps are the
 * mutable standard ones, sorted ones in natural order; a null {@code Optional} comes back empty;
 * data must not nest deeper than 500 levels nor refer to itself; a text or key has at most 20
 * million characters, a number at most 100,000; a value must be of exactly the declared class,
 * unless that is sealed.
 *
 * @param <D> the type of the session data
 */
public final class JsonSessionCodec<D> implements SessionCodec<D> {
  // Nothing else gets into a message, whoever wrote the bytes.
  private static final Pattern TYPE_NAME = Pattern.compile("[\\w.$]{1,200}");

  private final JavaType type;
  private final boolean exact; // data must be of the declared class itself
  private final boolean sealed;
  // A form that an annotation gives may keep one value and lose the next.
  private final boolean provesAll;
  private final TypeFactory types;
  private final ObjectWriter writer;
  private final ObjectReader reader;
  private final Set<Class<?>> provedClasses = ConcurrentHashMap.newKeySet();

  /**
   * Walks the type, once.
   *
   * @param type {@code D}: a class or a parameterized type
   * @throws IllegalArgumentException if data of this type could not be written or not be read back;
   *     names the path to the culprit, the reason and the way out
   * @throws IllegalStateException if Jackson is older than 2.18
   */
  public JsonSessionCodec(Type type) {
    JacksonVersion.check();
    Set<Class<?>> beans = new HashSet<>();
    JsonMapper mapper = SessionMapper.create(beans);
    this.type = mapper.constructType(requireNonNull(type, "type"));
    this.provesAll = TypeCheck.check(mapper, this.type, beans);
    Class<?> raw = this.type.getRawClass();
    this.sealed = SealedTypes.isSealed(raw);
    this.exact = beans.contains(raw) && !sealed;
    this.types = mapper.getTypeFactory();
    this.writer = mapper.writerFor(this.type);
    this.reader = mapper.readerFor(this.type);
  }

  @Override
  public String id() {
    return "json";
  }

  @Override
  public byte[] encode(D data) {
    requireNonNull(data, "data");
    if (exact && data.getClass() != type.getRawClass()) {
      throw new SessionCodecException(
          data.getClass().getName()
              + " is no "
              + name()
              + "; only a sealed type tells its subtypes apart",
          null);
    }
    Output output = new Output();
    write(data, output);
    byte[] bytes = output.toByteArray();
    Set<Class<?>> classes = ProvedProperty.classesIn(data);
    if (provesAll
        || !output.isProved()
        || classes.isEmpty()
        || !provedClasses.containsAll(classes)) {
      prove(data, bytes);
      output.proved();
      provedClasses.addAll(classes);
    } else if (bytes.length > SessionMapper.MAX_TEXT_LENGTH) {
      // Only data as long as that can hold a text that is too long to be read.
      readBack(bytes);
    }
    return bytes;
  }

  private void write(D data, Output output) {
    // Not writeValue, which forgets the type arguments of a subtype.
    try (SequenceWriter values = writer.writeValues(output)) {
      values.write(data, sealed ? types.constructSpecializedType(type, data.getClass()) : type);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new SessionCodecException(
          name() + " cannot be written as JSON" + place(e) + reason(e), e);
    }
  }

  /** Shows that what was written comes back; annotations and constructors may prevent it. */
  private void prove(D data, byte[] bytes) {
    D back = readBack(bytes);
    Output again = new Output();
    write(back, again);
    boolean same = Arrays.equals(bytes, again.toByteArray());
    // Where the bytes differ it may be the order of a set, and where they are the same, both may
    // lack something.
    Optional<String> difference =
        same ? DataDifference.betweenPresent(data, back) : DataDifference.between(data, back);
    if (difference.isPresent()) {
      throw new SessionCodecException(
          "%s would not come back as it is written: at %s%s; an annotation, a constructor or the"
                  .formatted(name(), data.getClass().getSimpleName(), difference.get())
              + " type does not keep it",
          null);
    }
  }

  private D readBack(byte[] bytes) {
    try {
      return decode(bytes);
    } catch (SessionCodecException e) {
      throw new SessionCodecException(
          name() + " could not be read back: " + e.getMessage(), e.getCause());
    }
  }

  @Override
  public D decode(byte[] bytes) {
    D data;
    try {
      data = reader.readValue(text(bytes));
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new SessionCodecException(
          "stored bytes are no " + name() + place(e) + reason(e) + unknownSubtype(e), e);
    }
    if (data == null) {
      throw new SessionCodecException("null is stored in place of a " + name(), null);
    }
    return data;
  }

  // Jackson could read the bytes itself, but its version 2.21.0, which GlassFish 8 puts before the
  // application's, cannot read a surrogate pair in the key of a map then.
  private static String text(byte[] bytes) throws CharacterCodingException {
    // Several times as fast as a decoder, but what is malformed becomes U+FFFD without a word. The
    // data may hold that character, too.
    String text = new String(bytes, UTF_8);
    return text.indexOf('\uFFFD') < 0
        ? text
        : UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private String name() {
    return type.toCanonical();
  }

  /** Which member of which class, but nothing of what is in it. */
  private static String place(Throwable e) {
    return e instanceof JsonMappingException m && !m.getPath().isEmpty()
        ? m.getPath().stream()
            .map(JsonSessionCodec::step)
            .collect(Collectors.joining("", ", at ", ""))
        : "";
  }

  /** What Jackson says, where that is of types and limits only, and quotes no data. */
  private static String reason(Throwable e) {
    if (e instanceof InvalidDefinitionException definition) {
      return ": " + definition.getOriginalMessage();
    }
    if (e instanceof JsonMappingException m && m.getCause() instanceof StreamConstraintsException) {
      return reason(m.getCause());
    }
    if (e instanceof ValueInstantiationException refused && refused.getCause() != null) {
      // What it says may quote data.
      return ": its constructor threw " + refused.getCause().getClass().getName();
    }
    if (e instanceof StreamConstraintsException limit) {
      return ": " + limit.getOriginalMessage();
    }
    return e instanceof JsonMappingException m
            && String.valueOf(m.getOriginalMessage()).startsWith("Null key")
        ? ": Null key in a map"
        : "";
  }

  /** Which subtype this version of the application does not have, for whoever deployed another. */
  private static String unknownSubtype(Throwable e) {
    return e instanceof InvalidTypeIdException unknown
            && unknown.getTypeId() != null
            && TYPE_NAME.matcher(unknown.getTypeId()).matches()
        ? ", which has no subtype " + unknown.getTypeId()
        : "";
  }

  // The name of a member is the application's; the key of a map is data, and may be anybody's.
  private static String step(JsonMappingException.Reference step) {
    Object from = step.getFrom();
    if (from == null || step.getFieldName() == null) {
      return "[…]";
    }
    Class<?> holder = from instanceof Class<?> type ? type : from.getClass();
    return Map.class.isAssignableFrom(holder)
        ? "[…]"
        : holder.getSimpleName() + "[\"" + step.getFieldName() + "\"]";
  }

  @Override
  public String toString() {
    return "JsonSessionCodec[" + name() + "]";
  }
}
