package org.typedsession.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.typedsession.testing.StoreInMemory.cookieValue;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.typedsession.Privilege;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionExpiry;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.spi.OpenSession;
import org.typedsession.spi.SessionCodec;
import org.typedsession.testkit.MutableClock;
import org.typedsession.testkit.Seed;

/**
 * What counts as a change: what would be stored, whatever the data's equals and its objects say.
 */
final class SessionChangeTest {

  /** Where the data is encoded. */
  enum Kind {
    BY_THE_CONNECTOR,
    BY_THE_STORE,
    SEALED
  }

  private final MutableClock clock = new MutableClock();
  private final AtomicInteger encodings = new AtomicInteger();

  private <D> DefaultSessionStore<D> store(Kind kind, Type type, Supplier<D> initial) {
    return store(kind, type, new JsonSessionCodec<>(type), initial);
  }

  private <D> DefaultSessionStore<D> store(
      Kind kind, Type type, SessionCodec<D> codec, Supplier<D> initial) {
    Random random = Seed.random();
    SessionCodec<D> counting =
        new SessionCodec<>() {
          @Override
          public String id() {
            return codec.id();
          }

          @Override
          public byte[] encode(D data) {
            encodings.incrementAndGet();
            return codec.encode(data);
          }

          @Override
          public D decode(byte[] bytes) {
            return codec.decode(bytes);
          }
        };
    PrivilegeRule<D> privileges = PrivilegeRule.of(type);
    if (kind == Kind.BY_THE_CONNECTOR) {
      return new DefaultSessionStore<>(
          new DefaultSessionStore.Parts<>(
              new MemorySessionStoreConnector<>(
                  counting, clock, () -> SessionHandle.random(random), Duration.ofMinutes(15)),
              counting,
              privileges,
              initial,
              SessionPolicy.DEFAULT,
              new RandomSessionCookieGenerator(random),
              clock,
              random,
              event -> {}));
    }
    return DefaultSessionStore.sealing(
        new MemorySessionStoreConnector<>(
            new BytesCodec(codec.id()),
            clock,
            () -> SessionHandle.random(random),
            Duration.ofMinutes(15)),
        kind == Kind.SEALED,
        random,
        new DefaultSessionStore.Rules<>(
            counting,
            privileges,
            initial,
            SessionPolicy.DEFAULT,
            new RandomSessionCookieGenerator(random),
            clock,
            random,
            event -> {}));
  }

  private static <D> String begin(DefaultSessionStore<D> store, D data) {
    return cookieValue(store.store(store.create(data))).reveal();
  }

  private static <D> D read(DefaultSessionStore<D> store, String cookie) {
    OpenSession<D> session = store.open(List.of(cookie));
    assertThat(session.isNew()).isFalse();
    return session.data();
  }

  // ---- equals of the application

  /** An entity: the same if the id is. */
  record Customer(long id, String name, @Privilege boolean admin) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Customer that && id == that.id;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(id);
    }
  }

  record Shop(@Privilege Customer customer, int visits) {}

  @ParameterizedTest
  @EnumSource
  void update_dataThatCallsItselfEqual_isStored(Kind kind) {
    DefaultSessionStore<Customer> store = store(kind, Customer.class, () -> customer("", false));
    String cookie = begin(store, customer("Ada", false));

    OpenSession<Customer> session = store.open(List.of(cookie));
    session.update(before -> customer("Grace", false));
    assertThat(session.isChanged()).isTrue();
    assertThat(session.complete()).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);

    assertThat(read(store, cookie).name()).isEqualTo("Grace");
  }

  @ParameterizedTest
  @EnumSource
  void set_dataThatCallsItselfEqual_isStored(Kind kind) {
    DefaultSessionStore<Customer> store = store(kind, Customer.class, () -> customer("", false));
    String cookie = begin(store, customer("Ada", false));

    OpenSession<Customer> session = store.open(List.of(cookie));
    session.set(customer("Grace", false));
    session.complete();

    assertThat(read(store, cookie).name()).isEqualTo("Grace");
  }

  @ParameterizedTest
  @EnumSource
  void update_newSessionWithDataThatCallsItselfTheDefault_isStored(Kind kind) {
    DefaultSessionStore<Customer> store = store(kind, Customer.class, () -> customer("", false));

    OpenSession<Customer> session = store.open(List.of());
    session.update(before -> customer("Ada", false));

    assertThat(read(store, cookieValue(session.complete()).reveal()).name()).isEqualTo("Ada");
  }

  @ParameterizedTest
  @EnumSource
  void update_privilegeThatCallsItselfEqual_getsANewId(Kind kind) {
    DefaultSessionStore<Shop> store =
        store(kind, Shop.class, () -> new Shop(customer("", false), 0));
    String cookie = begin(store, new Shop(customer("Ada", false), 0));

    OpenSession<Shop> session = store.open(List.of(cookie));
    session.update(before -> new Shop(customer("Ada", true), 1));
    String next = cookieValue(session.complete()).reveal();

    assertThat(next).isNotEqualTo(cookie);
    assertThat(store.open(List.of(cookie)).isNew()).isTrue();
    assertThat(read(store, next).customer().admin()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void update_privilegeOfAnotherObjectWithTheSameState_keepsTheId(Kind kind) {
    DefaultSessionStore<Shop> store =
        store(kind, Shop.class, () -> new Shop(customer("", false), 0));
    String cookie = begin(store, new Shop(customer("Ada", false), 0));

    OpenSession<Shop> session = store.open(List.of(cookie));
    session.update(before -> new Shop(customer("Ada", false), 1));
    assertThat(session.complete()).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);

    assertThat(read(store, cookie).visits()).isOne();
  }

  private static Customer customer(String name, boolean admin) {
    return new Customer(1, name, admin);
  }

  record Tags(@Privilege TreeSet<String> names) {
    Tags {
      Comparator<String> ignoringCase = Comparator.comparing(text -> text.toLowerCase(Locale.ROOT));
      TreeSet<String> copy = new TreeSet<>(ignoringCase);
      copy.addAll(names);
      names = copy;
    }
  }

  @ParameterizedTest
  @EnumSource
  void update_setThatIgnoresCase_isAChangeAndAPrivilegeChange(Kind kind) {
    DefaultSessionStore<Tags> store = store(kind, Tags.class, () -> new Tags(new TreeSet<>()));
    String cookie = begin(store, new Tags(new TreeSet<>(List.of("tea"))));

    OpenSession<Tags> session = store.open(List.of(cookie));
    session.update(before -> new Tags(new TreeSet<>(List.of("TEA"))));
    String next = cookieValue(session.complete()).reveal();

    assertThat(read(store, next).names().first()).isEqualTo("TEA");
  }

  // ---- objects altered in place

  record Visit(@Privilege List<String> roles, int visits) {
    Visit more() {
      return new Visit(roles, visits + 1);
    }
  }

  private DefaultSessionStore<Visit> visits(Kind kind) {
    return store(kind, Visit.class, () -> visit());
  }

  private static Visit visit(String... roles) {
    return new Visit(new ArrayList<>(List.of(roles)), 0);
  }

  @ParameterizedTest
  @EnumSource
  void update_routineBesideAPrivilegeAlteredInPlace_getsANewId(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));

    OpenSession<Visit> session = store.open(List.of(cookie));
    session.data().roles().add("ADMIN");
    session.update(Visit::more);
    String next = cookieValue(session.complete()).reveal();

    assertThat(store.open(List.of(cookie)).isNew()).isTrue();
    assertThat(read(store, next)).isEqualTo(new Visit(List.of("USER", "ADMIN"), 1));
  }

  @ParameterizedTest
  @EnumSource
  void update_privilegeAlteredInPlaceAfterASave_getsANewId(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));

    OpenSession<Visit> session = store.open(List.of(cookie));
    session.update(Visit::more);
    session.save();
    session.data().roles().add("ADMIN");
    session.update(Visit::more);
    String next = cookieValue(session.complete()).reveal();

    assertThat(store.open(List.of(cookie)).isNew()).isTrue();
    assertThat(read(store, next).roles()).contains("ADMIN");
  }

  @ParameterizedTest
  @EnumSource
  void update_recordThatIsAlteredInPlaceAndGivenBack_isStored(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));

    OpenSession<Visit> session = store.open(List.of(cookie));
    session.update(
        visit -> {
          visit.roles().add("ADMIN");
          return visit;
        });
    String next = cookieValue(session.complete()).reveal();

    assertThat(read(store, next).roles()).containsExactly("USER", "ADMIN");
  }

  @ParameterizedTest
  @EnumSource
  void complete_onlyReadAndAlteredInPlace_storesNothingOfItWithTheRenewal(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));
    clock.advance(Duration.ofMinutes(15));

    OpenSession<Visit> session = store.open(List.of(cookie));
    SessionExpiry before = session.expiry();
    session.data().roles().add("ADMIN");
    session.complete();

    assertThat(session.expiry()).isNotEqualTo(before);
    assertThat(read(store, cookie).roles()).containsExactly("USER");
  }

  @ParameterizedTest
  @EnumSource
  void rotateId_alteredInPlaceWithoutAChange_storesNothingOfIt(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));

    OpenSession<Visit> session = store.open(List.of(cookie));
    session.data().roles().add("ADMIN");
    session.rotateId();
    String next = cookieValue(session.complete()).reveal();

    assertThat(read(store, next).roles()).containsExactly("USER");
  }

  @ParameterizedTest
  @EnumSource
  void discard_changesMadeInPlace_areGoneFromTheObjectToo(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));

    OpenSession<Visit> session = store.open(List.of(cookie));
    session.update(
        visit -> {
          visit.roles().add("ADMIN");
          return visit;
        });
    session.discard();
    session.update(Visit::more);
    assertThat(session.complete()).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);

    assertThat(read(store, cookie)).isEqualTo(new Visit(List.of("USER"), 1));
  }

  // ---- no change

  @ParameterizedTest
  @EnumSource
  void isChanged_sameBytes_isFalse(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));

    OpenSession<Visit> session = store.open(List.of(cookie));
    session.update(visit -> visit);
    session.update(visit -> new Visit(List.copyOf(visit.roles()), visit.visits()));
    session.set(visit("USER"));
    session.mutate(visit -> {});

    assertThat(session.isChanged()).isFalse();
    assertThat(session.complete()).isEqualTo(SessionCookieCommand.DoNothing.INSTANCE);
    assertThat(store.statistics().writesInPlace() + store.statistics().remaps()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void update_nothingLeftToChangeOnFreshData_writesNothing(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));

    OpenSession<Visit> late = store.open(List.of(cookie));
    late.update(visit -> new Visit(visit.roles(), 7));
    OpenSession<Visit> first = store.open(List.of(cookie));
    first.update(visit -> new Visit(visit.roles(), 7));
    first.complete();
    late.complete();

    assertThat(store.statistics().writesInPlace()).isOne();
    assertThat(late.data().visits()).isEqualTo(7);
  }

  /** Writes elements in the order of the day. */
  private static final class CapriciousCodec implements SessionCodec<List<String>> {
    @Override
    public String id() {
      return "capricious";
    }

    @Override
    public byte[] encode(List<String> data) {
      boolean asRead = data instanceof ArrayList;
      List<String> sorted =
          data.stream()
              .sorted(asRead ? Comparator.naturalOrder() : Comparator.reverseOrder())
              .toList();
      return String.join(",", sorted).getBytes(UTF_8);
    }

    @Override
    public List<String> decode(byte[] bytes) {
      return new ArrayList<>(Arrays.asList(new String(bytes, UTF_8).split(",", -1)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void update_bytesOfAnotherVersionWithTheSameData_isNoChange(Kind kind) {
    DefaultSessionStore<List<String>> store =
        store(kind, List.class, new CapriciousCodec(), ArrayList::new);
    String cookie = begin(store, List.of("a", "b"));

    OpenSession<List<String>> session = store.open(List.of(cookie));
    session.update(same -> same);

    assertThat(session.isChanged()).isFalse();
  }

  // ---- what it costs

  @ParameterizedTest
  @EnumSource(names = {"BY_THE_STORE", "SEALED"})
  void complete_change_isEncodedOnce(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));
    encodings.set(0);

    OpenSession<Visit> session = store.open(List.of(cookie));
    session.update(Visit::more);
    session.update(Visit::more);
    assertThat(session.wantsCookie()).isFalse();
    session.complete();

    assertThat(encodings).hasValue(1);
    assertThat(read(store, cookie).visits()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"BY_THE_STORE", "SEALED"})
  void complete_onlyRead_isNotEncoded(Kind kind) {
    DefaultSessionStore<Visit> store = visits(kind);
    String cookie = begin(store, visit("USER"));
    encodings.set(0);

    OpenSession<Visit> session = store.open(List.of(cookie));
    session.data();
    session.complete();

    assertThat(encodings).hasValue(0);
  }
}
