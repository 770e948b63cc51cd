package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionStore;
import org.typedsession.spi.OpenSession;

/** Which session an injected one is. */
final class ScopeTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }

    Cart plus(int more) {
      return new Cart(items + more);
    }
  }

  @Dependent
  static class Shop {
    @Inject Session<Cart> session;
    @Inject SessionStore<Cart> store;
  }

  @Test
  void session_outsideOfRequest_saysWhyAndWhatToDo() {
    try (Application application = Application.deploy(Shop.class)) {
      Session<Cart> session = application.get(Shop.class).session;

      assertThatThrownBy(session::data)
          .isInstanceOf(ContextNotActiveException.class)
          .hasMessageContaining("TSESS0012: ")
          .hasMessageContaining("Session<" + Cart.class.getName() + ">")
          .hasMessageContaining("unwrap()")
          .hasMessageContaining("SessionStore")
          .hasMessageContaining("ServletRequestListener")
          .hasMessageContaining("@CallerInSession");
    }
  }

  @Test
  void session_afterItsRequest_isNotThatOfTheNext() {
    try (Application application = Application.deploy(Shop.class)) {
      Shop shop = application.get(Shop.class);
      Browser browser = application.browse("");
      List<Session<Cart>> kept = new ArrayList<>();

      browser.request(
          () -> {
            shop.session.update(cart -> cart.plus(1));
            kept.add(shop.session.unwrap());
          });
      browser
          .somebodyElse()
          .request(() -> assertThat(shop.session.unwrap()).isNotSameAs(kept.get(0)));

      assertThat(kept.get(0).data()).isEqualTo(new Cart(1));
      assertThatThrownBy(() -> kept.get(0).update(cart -> cart.plus(1)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(shop.session::data).isInstanceOf(ContextNotActiveException.class);
    }
  }

  @Test
  void session_onAnotherThread_worksUnwrappedOnly() {
    try (Application application = Application.deploy(Shop.class)) {
      Shop shop = application.get(Shop.class);
      List<Throwable> failures = new ArrayList<>();
      List<Cart> seen = new ArrayList<>();

      application
          .browse("")
          .request(
              () -> {
                Session<Cart> unwrapped = shop.session.unwrap();
                CompletableFuture.runAsync(() -> unwrapped.update(cart -> cart.plus(4))).join();
                try {
                  CompletableFuture.runAsync(shop.session::data).join();
                } catch (CompletionException e) {
                  failures.add(e.getCause());
                }
                seen.add(shop.session.data());
              });

      assertThat(seen).containsExactly(new Cart(4));
      assertThat(failures).singleElement().isInstanceOf(ContextNotActiveException.class);
    }
  }

  @Test
  void session_neverUsed_costsNoStoreOperation() {
    try (Application application = Application.deploy(Shop.class)) {
      Shop shop = application.get(Shop.class);
      Browser browser = application.browse("");
      browser.request(() -> shop.session.update(cart -> cart.plus(1)));
      long reads = shop.store.statistics().reads();

      browser.request(() -> {});

      assertThat(shop.store.statistics().reads()).isEqualTo(reads);
    }
  }

  @Test
  void unwrap_ofInjected_isWhatTheFilterStores() {
    try (Application application = Application.deploy(Shop.class)) {
      Shop shop = application.get(Shop.class);

      application
          .browse("")
          .request(
              () -> {
                assertThat(shop.session).isNotInstanceOf(OpenSession.class);
                assertThat(shop.session.unwrap()).isInstanceOf(OpenSession.class);
              });
    }
  }

  @Test
  void store_ofInjectedSession_storesIt() {
    try (Application application = Application.deploy(Shop.class)) {
      Shop shop = application.get(Shop.class);

      application
          .browse("")
          .request(
              () -> {
                shop.session.update(cart -> cart.plus(1));
                assertThat(shop.store.store(shop.session))
                    .isInstanceOf(SessionCookieCommand.Set.class);
              });
    }
  }

  @Test
  void injectedSession_everyMethod_isHandedOn() {
    Set<String> own =
        Stream.of(InjectedSession.class.getDeclaredMethods())
            .filter(method -> !method.isBridge())
            .map(ScopeTest::signature)
            .collect(Collectors.toSet());

    assertThat(Stream.of(Session.class.getMethods()).map(ScopeTest::signature)).isSubsetOf(own);
  }

  private static String signature(Method method) {
    return method.getName() + List.of(method.getParameterTypes());
  }
}
