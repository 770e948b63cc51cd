package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.util.TypeLiteral;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionStore;

/** What may be injected, and where. */
final class InjectionTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }

    Cart plus(int more) {
      return new Cart(items + more);
    }
  }

  record Visits(int count) {
    Visits() {
      this(0);
    }
  }

  record Item(String name) {}

  record Page<T>(List<T> entries) {
    Page() {
      this(List.of());
    }
  }

  sealed interface User {
    record Guest() implements User {}

    record Member(String name) implements User {}
  }

  static final class Preferences {
    private String colour = "none";

    String colour() {
      return colour;
    }

    void colour(String newColour) {
      colour = newColour;
    }
  }

  @Dependent
  static class Shop {
    @Inject Session<Cart> session;
    @Inject SessionStore<Cart> store;
  }

  private static final TypeLiteral<SessionStore<Cart>> CART_STORE = new TypeLiteral<>() {};
  private static final TypeLiteral<Session<Cart>> CART_SESSION = new TypeLiteral<>() {};

  @Test
  void session_twoRequestsOfOneClient_keepsItsData() {
    try (Application application = Application.deploy(Shop.class)) {
      Shop shop = application.get(Shop.class);
      Browser browser = application.browse("");
      List<Cart> seen = new ArrayList<>();

      browser.request(() -> shop.session.update(cart -> cart.plus(2)));
      browser.request(() -> seen.add(shop.session.data()));
      browser.somebodyElse().request(() -> seen.add(shop.session.data()));

      assertThat(seen).containsExactly(new Cart(2), new Cart(0));
    }
  }

  @Test
  void session_usedTwiceInOneRequest_isOneSession() {
    try (Application application = Application.deploy(Shop.class)) {
      Shop shop = application.get(Shop.class);
      Session<Cart> other = application.get(CART_SESSION);
      List<Cart> seen = new ArrayList<>();

      application
          .browse("")
          .request(
              () -> {
                shop.session.update(cart -> cart.plus(1));
                seen.add(other.data());
              });

      assertThat(seen).containsExactly(new Cart(1));
    }
  }

  @Test
  void store_outsideOfTheWeb_startsWhenUsed() {
    try (Application application = Application.deploy(Shop.class)) {
      SessionStore<Cart> store = application.get(Shop.class).store;

      store.store(store.create(new Cart(3)));

      assertThat(store.statistics().creates()).isEqualTo(1);
    }
  }

  @ApplicationScoped
  static class ConstructorAndMethod {
    private final SessionStore<Cart> cart;
    private SessionStore<Visits> visits;

    @Inject
    ConstructorAndMethod(SessionStore<Cart> cart) {
      this.cart = cart;
    }

    // For the client proxy.
    ConstructorAndMethod() {
      this(null);
    }

    @Inject
    void visits(SessionStore<Visits> injected) {
      visits = injected;
    }

    boolean works() {
      return cart.create().isNew() && visits.create().isNew();
    }
  }

  @Test
  void store_inConstructorAndInitializer_isInjected() {
    try (Application application = Application.deploy(ConstructorAndMethod.class)) {
      assertThat(application.get(ConstructorAndMethod.class).works()).isTrue();
    }
  }

  record Ping(List<Cart> seen) {}

  @Dependent
  static class ObserverAndProducer {
    void observe(@Observes Ping ping, SessionStore<Cart> store) {
      ping.seen().add(store.create().data());
    }

    @Produces
    Visits visits(SessionStore<Item> store) {
      return new Visits(store.create().data().name().length());
    }

    @Produces
    Item item() {
      return new Item("four");
    }
  }

  @Test
  void store_onlyParameterOfObserver_isInjected() {
    try (Application application = Application.deploy(ObserverAndProducer.class)) {
      Ping ping = new Ping(new ArrayList<>());

      application.get(new TypeLiteral<Event<Ping>>() {}).fire(ping);

      assertThat(ping.seen()).containsExactly(new Cart());
    }
  }

  @Test
  void store_onlyParameterOfProducer_isInjected() {
    try (Application application = Application.deploy(ObserverAndProducer.class)) {
      assertThat(application.get(Visits.class)).isEqualTo(new Visits(4));
    }
  }

  @Dependent
  static class Lookups {
    @Inject Instance<Session<Cart>> session;
    @Inject Provider<SessionStore<Visits>> store;
    @Inject @Any Instance<SessionStore<?>> all;
  }

  @Test
  void instanceAndProvider_namedTypes_areResolved() {
    try (Application application = Application.deploy(Lookups.class)) {
      Lookups lookups = application.get(Lookups.class);
      List<Cart> seen = new ArrayList<>();

      application.browse("").request(() -> seen.add(lookups.session.get().data()));

      assertThat(seen).containsExactly(new Cart());
      assertThat(lookups.store.get().create().data()).isEqualTo(new Visits());
    }
  }

  @Test
  void instance_ofWildcard_seesAllAndNamesNone() {
    try (Application application = Application.deploy(Lookups.class)) {
      Lookups lookups = application.get(Lookups.class);

      assertThat(lookups.all.stream().count()).isEqualTo(2);
    }
  }

  abstract static class Base<T> {
    @Inject SessionStore<T> store;
  }

  @Dependent
  static class OfCart extends Base<Cart> {}

  @Test
  void store_variableBoundBySubclass_isInjected() {
    try (Application application = Application.deploy(OfCart.class)) {
      assertThat(application.get(OfCart.class).store.create().data()).isEqualTo(new Cart());
    }
  }

  @Dependent
  static class Guest {
    @Inject Session<User> user;

    @Produces
    User begin() {
      return new User.Guest();
    }
  }

  @Test
  void session_ofSealedInterface_beginsWithItsBean() {
    try (Application application = Application.deploy(Guest.class)) {
      Guest guest = application.get(Guest.class);
      Browser browser = application.browse("");
      List<User> seen = new ArrayList<>();

      browser.request(
          () -> {
            seen.add(guest.user.data());
            guest.user.set(new User.Member("Ada"));
          });
      browser.request(() -> seen.add(guest.user.data()));

      assertThat(seen).containsExactly(new User.Guest(), new User.Member("Ada"));
    }
  }

  @Dependent
  static class Several {
    @Inject Session<Cart> cart;
    @Inject Session<Page<Item>> items;
    @Inject Session<Page<Cart>> carts;
    @Inject Session<Preferences> preferences;
  }

  @Test
  void session_severalTypes_areKeptApart() {
    try (Application application = Application.deploy(Several.class)) {
      Several several = application.get(Several.class);
      Browser browser = application.browse("");
      List<Object> seen = new ArrayList<>();

      browser.request(
          () -> {
            several.items.set(new Page<>(List.of(new Item("pear"))));
            several.preferences.mutate(preferences -> preferences.colour("blue"));
          });
      browser.request(
          () -> {
            seen.add(several.cart.data());
            seen.add(several.carts.data().entries());
            seen.add(several.items.data().entries());
            seen.add(several.preferences.data().colour());
          });

      assertThat(seen).containsExactly(new Cart(), List.of(), List.of(new Item("pear")), "blue");
      assertThat(browser.cookieNames())
          .containsExactlyInAnyOrder("__Host-session.page-item", "__Host-session.preferences");
    }
  }

  @Test
  void beans_ofTypesNobodyNames_areNone() {
    try (Application application = Application.deploy(Guest.class)) {
      assertThat(application.has(CART_STORE)).isFalse();
      assertThat(application.has(CART_SESSION)).isFalse();
    }
  }

  @Test
  void beans_ofTypeNamedAsSessionOnly_areBoth() {
    try (Application application = Application.deploy(Guest.class)) {
      assertThat(application.has(new TypeLiteral<SessionStore<User>>() {})).isTrue();
      assertThat(application.has(new TypeLiteral<Session<User>>() {})).isTrue();
    }
  }

  @Test
  void deployment_noInjectionPoint_servesNothing() {
    try (Application application = Application.deploy()) {
      assertThat(application.browse("").bindings()).isEmpty();
    }
  }
}
