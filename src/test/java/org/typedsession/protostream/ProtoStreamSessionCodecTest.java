package org.typedsession.protostream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.infinispan.protostream.GeneratedSchema;
import org.infinispan.protostream.ProtobufUtil;
import org.infinispan.protostream.SerializationContext;
import org.infinispan.protostream.SerializationContextInitializer;
import org.infinispan.protostream.annotations.Proto;
import org.infinispan.protostream.annotations.ProtoEnumValue;
import org.infinispan.protostream.annotations.ProtoFactory;
import org.infinispan.protostream.annotations.ProtoField;
import org.infinispan.protostream.annotations.ProtoName;
import org.infinispan.protostream.annotations.ProtoReserved;
import org.infinispan.protostream.annotations.ProtoSchema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCodecException;
import org.typedsession.spi.SessionCodec;
import org.typedsession.testkit.SessionCodecContract;

final class ProtoStreamSessionCodecTest
    extends SessionCodecContract<ProtoStreamSessionCodecTest.Visitor> {

  // The generated marshallers are in this package, so nothing here may be private.
  sealed interface Visitor permits Guest, Member {}

  record Guest(@ProtoField(number = 1, defaultValue = "0") int visits) implements Visitor {

    @ProtoFactory
    Guest {}
  }

  sealed interface Member extends Visitor permits Customer, Role {}

  record Customer(
      @ProtoField(number = 1) String name,
      @ProtoField(number = 2) List<Item> basket,
      @ProtoField(number = 3) @Nullable Item last)
      implements Member {

    @ProtoFactory
    Customer {}
  }

  enum Role implements Member {
    @ProtoEnumValue(number = 1)
    CLERK,
    @ProtoEnumValue(number = 2)
    CHIEF
  }

  @Proto
  record Item(String id, int count) {}

  /** Known to the schema, but no session data. */
  @Proto
  record Stranger(String id) {}

  /** Not known to the schema. */
  record Unknown() {}

  @ProtoSchema(
      includeClasses = {Guest.class, Customer.class, Role.class, Item.class, Stranger.class},
      schemaFileName = "shop.proto",
      schemaPackageName = "shop",
      schemaFilePath = "proto",
      service = false)
  interface Schema extends GeneratedSchema {}

  private static final SerializationContextInitializer SCHEMA = new SchemaImpl();

  @Override
  protected Class<Visitor> type() {
    return Visitor.class;
  }

  @Override
  protected SessionCodec<Visitor> codec() {
    return new ProtoStreamSessionCodec<>(Visitor.class, SCHEMA);
  }

  @Override
  protected List<Visitor> samples() {
    return List.of(
        new Customer("Ada", List.of(new Item("a", 1), new Item("b", -2)), null),
        new Customer("\u00fc\ud83d\ude00", List.of(), new Item("", 3)),
        new Guest(0),
        new Guest(Integer.MIN_VALUE),
        Role.CLERK,
        Role.CHIEF);
  }

  // --- other types

  @Test
  void decode_anotherTypeOfTheSameSchema_isCodecException() {
    byte[] stranger = codec(Stranger.class).encode(new Stranger("a"));
    assertThatThrownBy(() -> codec().decode(stranger)).isInstanceOf(SessionCodecException.class);
  }

  @Test
  void decode_aScalarThatProtoStreamKnowsByItself_isCodecException() throws IOException {
    SerializationContext context = context(SCHEMA);
    for (Object other : List.of("text", 1, new byte[] {1}, 2.0)) {
      byte[] bytes = ProtobufUtil.toWrappedByteArray(context, other);
      assertThatThrownBy(() -> codec().decode(bytes)).isInstanceOf(SessionCodecException.class);
    }
    byte[] nothing = ProtobufUtil.toWrappedByteArray(context, null);
    assertThatThrownBy(() -> codec().decode(nothing)).isInstanceOf(SessionCodecException.class);
  }

  @Test
  void decode_subtypeOfAnotherBranch_isCodecException() {
    byte[] guest = codec().encode(new Guest(1));
    assertThatThrownBy(() -> codec(Member.class).decode(guest))
        .isInstanceOf(SessionCodecException.class);
    assertThat(codec(Guest.class).decode(guest)).isEqualTo(new Guest(1));
  }

  @Test
  void construct_typeWithoutMarshaller_isRefused() {
    assertThatThrownBy(() -> codec(Unknown.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(Unknown.class.getName(), "@ProtoSchema");
  }

  private sealed interface HalfKnown permits KnownHalf, UnknownHalf {}

  @Proto
  record KnownHalf(String id) implements HalfKnown {}

  record UnknownHalf(String id) implements HalfKnown {}

  @Test
  void supports_everySubtypeHasAMarshaller_isTrue() {
    SerializationContext context = context(SCHEMA);
    assertThat(ProtoStreamSessionCodec.supports(Visitor.class, context)).isTrue();
    assertThat(ProtoStreamSessionCodec.supports(Item.class, context)).isTrue();
    assertThat(ProtoStreamSessionCodec.supports(Role.class, context)).isTrue();
  }

  @Test
  void supports_oneSubtypeHasNoMarshaller_isFalse() {
    SerializationContext context = context(SCHEMA, new HalfSchemaImpl());
    assertThat(ProtoStreamSessionCodec.supports(KnownHalf.class, context)).isTrue();
    assertThat(ProtoStreamSessionCodec.supports(HalfKnown.class, context)).isFalse();
    assertThat(ProtoStreamSessionCodec.supports(Unknown.class, context)).isFalse();
    assertThatThrownBy(() -> new ProtoStreamSessionCodec<>(HalfKnown.class, context))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(UnknownHalf.class.getName());
  }

  @ProtoSchema(
      includeClasses = KnownHalf.class,
      schemaFileName = "half.proto",
      schemaPackageName = "half",
      schemaFilePath = "proto",
      service = false)
  interface HalfSchema extends GeneratedSchema {}

  // --- versions: the same message, as two releases of an application know it

  @ProtoName("Cart")
  record CartBefore(
      @ProtoField(number = 1) String name,
      @ProtoField(number = 2) String removedLater,
      @ProtoField(number = 3) List<String> items) {

    @ProtoFactory
    CartBefore {}
  }

  @ProtoName("Cart")
  @ProtoReserved(numbers = 2)
  record CartAfter(
      @ProtoField(number = 1) String name,
      @ProtoField(number = 3) List<String> items,
      @ProtoField(number = 4) @Nullable String addedText,
      @ProtoField(number = 5, defaultValue = "0") int addedNumber,
      @ProtoField(number = 6) List<String> addedItems) {

    @ProtoFactory
    CartAfter {}
  }

  @ProtoSchema(
      includeClasses = CartBefore.class,
      schemaFileName = "cart-before.proto",
      schemaPackageName = "cart",
      schemaFilePath = "proto",
      service = false)
  interface BeforeSchema extends GeneratedSchema {}

  @ProtoSchema(
      includeClasses = CartAfter.class,
      schemaFileName = "cart-after.proto",
      schemaPackageName = "cart",
      schemaFilePath = "proto",
      service = false)
  interface AfterSchema extends GeneratedSchema {}

  @Test
  void decode_fieldsAddedAndRemovedSince_areAbsentAndIgnored() {
    ProtoStreamSessionCodec<CartBefore> before =
        new ProtoStreamSessionCodec<>(CartBefore.class, new BeforeSchemaImpl());
    ProtoStreamSessionCodec<CartAfter> after =
        new ProtoStreamSessionCodec<>(CartAfter.class, new AfterSchemaImpl());

    assertThat(after.decode(before.encode(new CartBefore("a", "gone", List.of("x")))))
        .isEqualTo(new CartAfter("a", List.of("x"), null, 0, List.of()));
    CartBefore old =
        before.decode(after.encode(new CartAfter("a", List.of("x"), "t", 7, List.of("y"))));
    assertThat(old.name).isEqualTo("a");
    assertThat(old.items).containsExactly("x");
    assertThat(old.removedLater).isNull();
  }

  @Test
  void decode_messageTypeThatTheReaderDoesNotKnow_isCodecException() {
    byte[] bytes = codec().encode(new Guest(1));
    ProtoStreamSessionCodec<CartAfter> other =
        new ProtoStreamSessionCodec<>(CartAfter.class, new AfterSchemaImpl());
    assertThatThrownBy(() -> other.decode(bytes)).isInstanceOf(SessionCodecException.class);
  }

  private static <T> ProtoStreamSessionCodec<T> codec(Class<T> type) {
    return new ProtoStreamSessionCodec<>(type, SCHEMA);
  }

  private static SerializationContext context(SerializationContextInitializer... initializers) {
    SerializationContext context = ProtobufUtil.newSerializationContext();
    for (SerializationContextInitializer initializer : initializers) {
      initializer.register(context);
    }
    return context;
  }
}
