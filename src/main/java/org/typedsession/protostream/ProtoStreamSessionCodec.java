package org.typedsession.protostream;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.lang.reflect.Modifier;
import org.infinispan.protostream.ImmutableSerializationContext;
import org.infinispan.protostream.ProtobufUtil;
import org.infinispan.protostream.SerializationContext;
import org.infinispan.protostream.SerializationContextInitializer;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCodecException;
import org.typedsession.spi.SessionCodec;

/**
 * Session data as Protocol Buffers, with the marshallers that the application's ProtoStream schema
 * ({@code @ProtoSchema}) has generated. Smaller and faster than JSON, and readable with the schema
 * alone; the price is an annotation processor and a number for each component.
 *
 * <p>The bytes are a ProtoStream {@code WrappedMessage}: the name of the message's type and the
 * message. So a sealed type needs nothing more than a message for each permitted subtype. Only
 * messages of the given context are ever read, and only a {@code D} is returned.
 *
 * <p>When the schema changes: fields that the reader does not know are ignored; fields that the
 * writer did not know become null, or what the schema declares as default, as do collections
 * without an element; a message type that the reader does not know is a {@link
 * SessionCodecException}. Never give a number another meaning; reserve it instead.
 *
 * <p>On the components of a record write {@code @ProtoField(number = 3)}. Up to ProtoStream 6.0.3
 * the short form {@code @ProtoField(3)} compiles there, but is ignored: the component gets the
 * number of its position, which changes as soon as one before it is removed.
 *
 * @param <D> the type of the session data
 */
public final class ProtoStreamSessionCodec<D> implements SessionCodec<D> {

  private final Class<D> type;
  private final ImmutableSerializationContext context;

  /**
   * Reads and writes with the marshallers of a context that is there already.
   *
   * @param type the class of the session data, which may be sealed
   * @param context knows a marshaller for it; must not be changed any more
   * @throws IllegalArgumentException if the context lacks a marshaller for {@code type}, or for one
   *     of its permitted subtypes
   */
  public ProtoStreamSessionCodec(Class<D> type, ImmutableSerializationContext context) {
    this.type = requireNonNull(type, "type");
    this.context = requireNonNull(context, "context");
    Class<?> missing = missing(context, type);
    if (missing != null) {
      throw new IllegalArgumentException(
          "no ProtoStream marshaller for "
              + missing.getName()
              + "; include it in the @ProtoSchema of "
              + type.getName());
    }
  }

  /**
   * Reads and writes with a context of its own.
   *
   * @param type the class of the session data, which may be sealed
   * @param initializers the generated schemas, those that others depend on first
   * @throws IllegalArgumentException if none of them has a marshaller for {@code type}, or for one
   *     of its permitted subtypes
   */
  public ProtoStreamSessionCodec(Class<D> type, SerializationContextInitializer... initializers) {
    this(type, contextOf(initializers));
  }

  private static SerializationContext contextOf(SerializationContextInitializer... initializers) {
    SerializationContext context = ProtobufUtil.newSerializationContext();
    for (SerializationContextInitializer initializer : initializers) {
      initializer.register(context);
    }
    return context;
  }

  /**
   * Whether this codec can be built for a type.
   *
   * @param type the class of the session data
   * @param context the marshallers there are
   * @return true if there is one for the type or, if it is sealed, for each concrete type below it
   */
  public static boolean supports(Class<?> type, ImmutableSerializationContext context) {
    return missing(context, type) == null;
  }

  private static @Nullable Class<?> missing(ImmutableSerializationContext context, Class<?> type) {
    // An enum whose constants have bodies counts as sealed and abstract, too.
    boolean sealed = type.isSealed() && !type.isEnum();
    if (!(sealed && Modifier.isAbstract(type.getModifiers())) && !context.canMarshall(type)) {
      return type;
    }
    if (sealed) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        Class<?> missing = missing(context, permitted);
        if (missing != null) {
          return missing;
        }
      }
    }
    return null;
  }

  @Override
  public String id() {
    return "protostream";
  }

  @Override
  public byte[] encode(D data) {
    requireNonNull(data, "data");
    try {
      return ProtobufUtil.toWrappedByteArray(context, data);
    } catch (IOException | RuntimeException e) {
      throw new SessionCodecException(type.getName() + " cannot be written as ProtoStream", e);
    }
  }

  @Override
  public D decode(byte[] bytes) {
    Object data;
    try {
      data = ProtobufUtil.fromWrappedByteArray(context, bytes);
    } catch (IOException | RuntimeException e) {
      throw new SessionCodecException("stored bytes are no " + type.getName(), e);
    }
    if (!type.isInstance(data)) {
      throw new SessionCodecException("stored bytes are another type than " + type.getName(), null);
    }
    return type.cast(data);
  }

  @Override
  public String toString() {
    return "ProtoStreamSessionCodec[" + type.getName() + "]";
  }
}
