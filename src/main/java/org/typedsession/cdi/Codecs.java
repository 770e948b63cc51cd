package org.typedsession.cdi;

import java.util.Optional;
import java.util.ServiceLoader;
import org.infinispan.protostream.SerializationContextInitializer;
import org.typedsession.TypedSessionConfiguration.Codec;
import org.typedsession.infinispan.ProtoStreamSessionCodec;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.spi.Messages;
import org.typedsession.spi.SessionCodec;

/** Chooses how the data of a type becomes bytes. */
final class Codecs {
  private Codecs() {}

  /**
   * The codec of a type. {@link Codec#AUTO} is ProtoStream where the application brings marshallers
   * for the type, which it would not do for nothing, and JSON otherwise.
   *
   * @throws IllegalArgumentException if the type is not one for the codec
   * @throws IllegalStateException if the codec's library is not there
   */
  static SessionCodec<Object> of(DataType type, Codec choice) {
    if (choice != Codec.JSON) {
      Optional<SessionCodec<Object>> found =
          Libraries.has(Libraries.PROTOSTREAM) ? ProtoStream.find(type) : Optional.empty();
      if (found.isPresent()) {
        return found.get();
      }
      if (choice == Codec.PROTOSTREAM) {
        throw new IllegalArgumentException(
            "no @ProtoSchema of the application, registered as a service, includes "
                + type
                + " and all its permitted subtypes");
      }
    }
    if (!Libraries.has(Libraries.JSON)) {
      throw new IllegalStateException(Messages.libraryMissing("Jakarta JSON Processing"));
    }
    return new JsonSessionCodec<>(type.type());
  }

  /** Links to ProtoStream. */
  private static final class ProtoStream {
    // Schemas of Infinispan itself need others in an order that nobody tells; no application's
    // data is among them.
    private static final String INFINISPAN = "org.infinispan.";

    static Optional<SessionCodec<Object>> find(DataType type) {
      if (!(type.type() instanceof Class<?> data)) {
        return Optional.empty();
      }
      return ServiceLoader.load(SerializationContextInitializer.class, Libraries.ofApplication())
          .stream()
          .filter(schema -> !schema.type().getName().startsWith(INFINISPAN))
          .flatMap(schema -> codec(data, schema.get()).stream())
          .findFirst();
    }

    // One schema at a time: it brings what it depends on, and two may define the same message.
    @SuppressWarnings("unchecked") // The codec itself refuses whatever is not of the class.
    private static Optional<SessionCodec<Object>> codec(
        Class<?> data, SerializationContextInitializer schema) {
      try {
        return Optional.of(new ProtoStreamSessionCodec<>((Class<Object>) data, schema));
      } catch (IllegalArgumentException e) {
        // It does not cover this type.
        return Optional.empty();
      }
    }
  }
}
