package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStore;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.servlet.SessionBindings;
import org.typedsession.testkit.Seed;

/** An application's own bean takes the place of the library's. */
final class OwnBeanTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  @Dependent
  static class Shop {
    @Inject Session<Cart> session;
    @Inject SessionStore<Cart> store;
  }

  // A class object knows nothing of the type arguments.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T fake(Class<?> type) {
    return (T)
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                method.getName().equals("toString") ? "own" : new Cart(7));
  }

  @Dependent
  static class OwnSession {
    @Produces
    @ApplicationScoped
    Session<Cart> session() {
      return fake(Session.class);
    }
  }

  @Test
  void session_ownBean_wins() {
    try (Application application = Application.deploy(Shop.class, OwnSession.class)) {
      Shop shop = application.get(Shop.class);

      assertThat(shop.session.data()).isEqualTo(new Cart(7));
      assertThat(shop.store.create().data()).isEqualTo(new Cart(0));
    }
  }

  @Dependent
  static class OwnStore {
    @Produces
    @ApplicationScoped
    SessionStore<Cart> store() {
      return fake(SessionStore.class);
    }
  }

  @Dependent
  static class StoreOnly {
    @Inject SessionStore<Cart> store;
  }

  @Test
  void store_ownBean_wins() {
    try (Application application = Application.deploy(StoreOnly.class, OwnStore.class)) {
      assertThat(application.get(StoreOnly.class).store).hasToString("own");
      assertThat(application.browse("").bindings()).isEmpty();
    }
  }

  @Test
  void session_ownStoreThatRequestsCannotUse_isRefused() {
    assertThatThrownBy(() -> Application.deploy(Shop.class, OwnStore.class).close())
        .hasMessageContaining("TSESS0010: ")
        .hasMessageContaining("DefaultSessionStore<" + Cart.class.getName() + ">");
  }

  @Test
  void sessionAndStore_bothOwn_needNothingOfTheData() {
    try (Application application =
        Application.deploy(Shop.class, OwnStore.class, OwnSession.class)) {
      assertThat(application.get(Shop.class).store).hasToString("own");
      assertThat(application.browse("").bindings()).isEmpty();
    }
  }

  @Dependent
  static class OwnDefaultStore {
    @Produces
    @Singleton
    DefaultSessionStore<Cart> store() {
      Random random = Seed.random();
      JsonSessionCodec<Cart> codec = new JsonSessionCodec<>(Cart.class);
      InstantSource clock = InstantSource.system();
      return new DefaultSessionStore<>(
          new DefaultSessionStore.Parts<>(
              new MemorySessionStoreConnector<>(
                  codec, clock, () -> SessionHandle.random(random), Duration.ofMinutes(1)),
              codec,
              PrivilegeRule.of(Cart.class),
              () -> new Cart(11),
              SessionPolicy.DEFAULT,
              new RandomSessionCookieGenerator(random),
              clock,
              random,
              event -> {}));
    }
  }

  @Test
  void store_ownDefaultStore_servesRequestsToo() {
    try (Application application = Application.deploy(Shop.class, OwnDefaultStore.class)) {
      Shop shop = application.get(Shop.class);
      List<Cart> seen = new ArrayList<>();

      application.browse("").request(() -> seen.add(shop.session.data()));

      assertThat(shop.store).isInstanceOf(DefaultSessionStore.class);
      assertThat(seen).containsExactly(new Cart(11));
    }
  }

  @Dependent
  static class OwnBindings {
    @Produces
    @ApplicationScoped
    SessionBindings bindings() {
      return context -> List.of();
    }
  }

  @Test
  void session_ownBindingsWithoutTheType_saysWhoServesIt() {
    try (Application application = Application.deploy(Shop.class, OwnBindings.class)) {
      Shop shop = application.get(Shop.class);
      Browser browser = application.browse("");

      assertThat(browser.bindings()).isEmpty();
      assertThatThrownBy(() -> browser.request(() -> shop.session.data()))
          .hasMessageContaining("TSESS0017: ");
    }
  }

  @Dependent
  static class OwnCart {
    @Produces
    Cart cart() {
      return new Cart(5);
    }
  }

  sealed interface State {
    record Guest() implements State {}

    record Member(String name) implements State {}

    record Banned() implements State {}
  }

  @Dependent
  static class OfState {
    @Inject SessionStore<State> store;
  }

  @Dependent
  static class Guests {
    @Produces
    State start() {
      return new State.Member("guest");
    }
  }

  @Test
  void defaultData_producerAndSubtypesThatAreBeansByChance_isTheProducers() {
    try (Application application =
        Application.deploy(OfState.class, Guests.class, State.Guest.class, State.Banned.class)) {
      assertThat(application.get(OfState.class).store.create().data())
          .isEqualTo(new State.Member("guest"));
    }
  }

  sealed interface Level {
    @Dependent
    record Marked() implements Level {}
  }

  @Dependent
  static class OfLevel {
    @Inject SessionStore<Level> store;
  }

  @Test
  void defaultData_subtypeThatSaysItIsABean_isThatOne() {
    try (Application application = Application.deploy(OfLevel.class, Level.Marked.class)) {
      assertThat(application.get(OfLevel.class).store.create().data())
          .isEqualTo(new Level.Marked());
    }
  }

  @Test
  void defaultData_producerAndDataThatIsBeanByChance_isTheProducers() {
    try (Application application = Application.deploy(Shop.class, OwnCart.class, Cart.class)) {
      assertThat(application.get(Shop.class).store.create().data()).isEqualTo(new Cart(5));
    }
  }

  @Test
  void defaultData_beanAndConstructor_isTheBean() {
    try (Application application = Application.deploy(Shop.class, OwnCart.class)) {
      assertThat(application.get(Shop.class).store.create().data()).isEqualTo(new Cart(5));
    }
  }

  static final class Counter {
    static int made;
    int number = ++made;
  }

  @Dependent
  static class OfCounter {
    @Inject SessionStore<Counter> store;
  }

  @Test
  void defaultData_mutable_isFreshEachTime() {
    try (Application application = Application.deploy(OfCounter.class, Counter.class)) {
      SessionStore<Counter> store = application.get(OfCounter.class).store;

      assertThat(store.create().data()).isNotSameAs(store.create().data());
    }
  }
}
