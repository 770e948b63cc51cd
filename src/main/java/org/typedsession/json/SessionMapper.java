package org.typedsession.json;

import static com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility.ANY;
import static com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility.NONE;
import static com.fasterxml.jackson.annotation.JsonFormat.Shape.NUMBER;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.ConstructorDetector;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.ValueInstantiators;
import com.fasterxml.jackson.databind.deser.impl.PropertyValueBuffer;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.deser.std.StdValueInstantiator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Year;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jackson as sessions need it: by state, strict where data could be lost, lenient to versions. */
final class SessionMapper {

  static final int MAX_DEPTH = 500;

  /** In characters; of the keys of maps as well. */
  static final int MAX_TEXT_LENGTH = StreamReadConstraints.DEFAULT_MAX_STRING_LEN;

  private SessionMapper() {}

  /**
   * @param beans the classes whose members may be written; Jackson would write any subclass
   */
  static JsonMapper create(Set<Class<?>> beans) {
    JsonFactory json =
        JsonFactory.builder()
            // Data that refers to itself is found out, and what is written can be read.
            .streamWriteConstraints(
                StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(LimitedNumber.MAXIMUM_LENGTH)
                    .maxStringLength(MAX_TEXT_LENGTH)
                    .maxNameLength(MAX_TEXT_LENGTH)
                    .build())
            .build();
    return JsonMapper.builder(json)
        // Not the shared cache, which keeps an application's classes where a server has Jackson.
        .typeFactory(
            TypeFactory.defaultInstance()
                .withCache((LookupCache<Object, JavaType>) new LRUMap<Object, JavaType>(16, 200)))
        .annotationIntrospector(new SealedTypes())
        .addModules(new Jdk8Module(), time(), own(beans))
        // State only: fields, and what the canonical constructor of a record takes.
        .visibility(PropertyAccessor.ALL, NONE)
        .visibility(PropertyAccessor.FIELD, ANY)
        .constructorDetector(ConstructorDetector.DEFAULT.withRequireAnnotation(true))
        .disable(MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS)
        .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        // Other versions of the class.
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        // Nothing is bent until it fits.
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfig(
            LogicalType.Textual,
            text -> {
              text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
              text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
              text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
            })
        // UTF-8 has no lone surrogates, as substring leaves them behind; JSON can escape them.
        .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
        // Times in ISO 8601, with zone and offset as they were.
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
        .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
        .withConfigOverride(Year.class, year -> year.setFormat(JsonFormat.Value.forShape(NUMBER)))
        .build();
  }

  private static JavaTimeModule time() {
    return new JavaTimeModule().disable(JavaTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID);
  }

  private static SimpleModule own(Set<Class<?>> beans) {
    SimpleModule module =
        new SimpleModule("typed-session") {
          private static final long serialVersionUID = 1L;

          @Override
          public void setupModule(SetupContext context) {
            super.setupModule(context);
            context.addValueInstantiators(new RecordInstantiators());
          }
        };
    return module
        .addAbstractTypeMapping(Set.class, LinkedHashSet.class) // keeps the order
        .addDeserializer(byte.class, new StrictByte(byte.class, (byte) 0))
        .addDeserializer(Byte.class, new StrictByte(Byte.class, null))
        .addSerializer(BigInteger.class, new LimitedNumber(BigInteger.class))
        .addSerializer(BigDecimal.class, new LimitedNumber(BigDecimal.class))
        .setSerializerModifier(new KnownBeans(beans));
  }

  /**
   * Refuses a subclass of what is declared: read back, it would be cut. Members tell what has not
   * been read back so far.
   */
  private static final class KnownBeans extends BeanSerializerModifier {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialized
    private final Set<Class<?>> beans;

    KnownBeans(Set<Class<?>> beans) {
      this.beans = beans;
    }

    @Override
    public List<BeanPropertyWriter> changeProperties(
        SerializationConfig config, BeanDescription description, List<BeanPropertyWriter> writers) {
      Class<?> type = description.getBeanClass();
      if (!beans.contains(type) && !SealedTypes.isSealed(type)) {
        throw new IllegalArgumentException(
            type.getName() + " is no declared type; only a sealed type tells its subtypes apart");
      }
      return writers.stream().map(KnownBeans::proved).toList();
    }

    // Those of a class of their own, be it Jackson's, have to stay what they are.
    private static BeanPropertyWriter proved(BeanPropertyWriter writer) {
      return writer.getClass() == BeanPropertyWriter.class ? new ProvedProperty(writer) : writer;
    }
  }

  private static final class RecordInstantiators extends ValueInstantiators.Base {

    @Override
    public ValueInstantiator findValueInstantiator(
        DeserializationConfig config, BeanDescription description, ValueInstantiator found) {
      return found instanceof StdValueInstantiator standard ? new AbsentIsEmpty(standard) : found;
    }
  }

  /** Gives an empty container to a constructor whose component the writer did not know. */
  private static final class AbsentIsEmpty extends StdValueInstantiator {

    private static final long serialVersionUID = 1L;

    AbsentIsEmpty(StdValueInstantiator standard) {
      super(standard);
    }

    @Override
    public Object createFromObjectWith(
        DeserializationContext context, SettableBeanProperty[] properties, PropertyValueBuffer read)
        throws IOException {
      for (SettableBeanProperty each : properties) {
        if (each.getType().isContainerType() && !read.hasParameter(each)) {
          read.assignParameter(each, each.getValueDeserializer().getEmptyValue(context));
        }
      }
      return super.createFromObjectWith(context, properties, read);
    }
  }

  /** Jackson's own takes 128 to 255 for negative numbers. */
  private static final class StrictByte extends NumberDeserializers.ByteDeserializer {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"unchecked", "rawtypes"}) // byte.class is a Class<Byte>
    StrictByte(Class<?> type, @Nullable Byte absent) {
      super((Class) type, absent);
    }

    @Override
    public Byte deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      if (parser.isExpectedNumberIntToken() && parser.getIntValue() > Byte.MAX_VALUE) {
        return (Byte)
            context.handleWeirdNumberValue(handledType(), parser.getIntValue(), "overflow");
      }
      return super.deserialize(parser, context);
    }
  }
}
