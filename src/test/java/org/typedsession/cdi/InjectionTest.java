package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionStore;

/** What may be injected, and where. */
final class InjectionTest {
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

  @Test
  void session_twoRequestsOfOneClient_keepsItsData() {
    try (Application application = Application.deploy(Shop.class)) {
      Shop shop = application.get(Shop.class);
      Browser browser = application.browse("");
      AtomicReference<Cart> seen = new AtomicReference<>();

      browser.request(() -> shop.session.update(cart -> new Cart(cart.items() + 2)));
      browser.request(() -> seen.set(shop.session.data()));

      assertThat(seen.get()).isEqualTo(new Cart(2));
      assertThat(browser.cookieNames()).containsExactly("__Host-session");
    }
  }
}
