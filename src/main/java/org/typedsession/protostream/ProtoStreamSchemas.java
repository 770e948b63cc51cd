package org.typedsession.protostream;

import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.infinispan.protostream.SerializationContextInitializer;
import org.typedsession.spi.SessionCodec;

/** The ProtoStream schemas that an application brings along. */
public final class ProtoStreamSchemas {
  // Those of Infinispan itself need others, in an order that nobody tells, and no application's
  // data is among them.
  private static final String INFINISPAN = "org.infinispan.";

  private ProtoStreamSchemas() {}

  /**
   * A codec from the first schema that covers a type. Schemas are found as services, which is how
   * {@code @ProtoSchema} registers what it generates.
   *
   * @param type the class of the session data, which may be sealed
   * @param loader the application's class loader
   * @return the codec, or empty if no schema has marshallers for the type and all below it
   * @throws ServiceConfigurationError if a schema cannot be loaded
   */
  public static <D> Optional<SessionCodec<D>> codec(Class<D> type, ClassLoader loader) {
    return ServiceLoader.load(SerializationContextInitializer.class, loader).stream()
        .filter(schema -> !schema.type().getName().startsWith(INFINISPAN))
        .flatMap(schema -> codec(type, schema.get()).stream())
        .findFirst();
  }

  // One schema at a time: it brings what it depends on, and two may define the same message.
  private static <D> Optional<SessionCodec<D>> codec(
      Class<D> type, SerializationContextInitializer schema) {
    try {
      return Optional.of(new ProtoStreamSessionCodec<>(type, schema));
    } catch (IllegalArgumentException e) {
      // It does not cover this type.
      return Optional.empty();
    }
  }
}
