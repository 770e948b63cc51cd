package org.typedsession.assembly;

import java.util.Optional;
import org.typedsession.TypedSessionConfiguration.Codec;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.protostream.ProtoStreamSchemas;
import org.typedsession.spi.SessionCodec;

/** Chooses how the data of a type becomes bytes. */
final class CodecSelector {
  private CodecSelector() {}

  /**
   * The codec of a type. {@link Codec#AUTO} is ProtoStream where the application brings marshallers
   * for the type, which it would not do for nothing, and JSON otherwise.
   *
   * @throws IllegalArgumentException if the type is not one for the codec
   * @throws IllegalStateException if the codec's library is not there
   */
  static SessionCodec<Object> of(DataType type, Codec choice) {
    if (choice == Codec.PROTOSTREAM) {
      require(Libraries.PROTOSTREAM, "ProtoStream");
      return ProtoStream.find(type).orElseThrow(() -> uncovered(type));
    }
    Optional<SessionCodec<Object>> found =
        choice == Codec.AUTO && Libraries.has(Libraries.PROTOSTREAM)
            ? ProtoStream.find(type)
            : Optional.empty();
    return found.orElseGet(() -> json(type));
  }

  private static SessionCodec<Object> json(DataType type) {
    require(Libraries.JSON, "jackson-databind");
    return new JsonSessionCodec<>(type.type());
  }

  private static void require(String className, String library) {
    if (!Libraries.has(className)) {
      throw new IllegalStateException(Messages.libraryMissing(library));
    }
  }

  private static IllegalArgumentException uncovered(DataType type) {
    return new IllegalArgumentException(
        "no @ProtoSchema of the application, registered as a service, includes "
            + type
            + " and all its permitted subtypes");
  }

  /** Links to ProtoStream. */
  private static final class ProtoStream {
    @SuppressWarnings("unchecked") // The codec itself refuses whatever is not of the class.
    static Optional<SessionCodec<Object>> find(DataType type) {
      return type.type() instanceof Class<?> data
          ? ProtoStreamSchemas.codec((Class<Object>) data, Libraries.ofApplication())
          : Optional.empty();
    }
  }
}
