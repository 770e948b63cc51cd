package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.typedsession.Session;
import org.typedsession.SessionStore;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.spi.Readiness;

/** The MBeans of an application's stores, from its start to its end. */
final class ManagementTest {
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  record User(String name) {
    User() {
      this("");
    }
  }

  @Dependent
  static class Shop {
    @Inject Session<Cart> session;
    @Inject SessionStore<Cart> cart;
  }

  @Dependent
  static class OfUser {
    @Inject SessionStore<User> user;
  }

  @Dependent
  static class RefusingStore {
    @Produces
    @Singleton
    DefaultSessionStore<Cart> store() {
      OwnStore<Cart> own = OwnStore.of(Cart.class, Cart::new);
      own.connector().setReadiness(() -> new Readiness.NotReady("DEGRADED_MODE"));
      return own.store();
    }
  }

  @Dependent
  static class BrokenStore {
    @Produces
    @Singleton
    DefaultSessionStore<Cart> store() {
      throw new IllegalStateException("no such cluster");
    }
  }

  private static ObjectName name(String application, Class<?> data, String more) {
    return name("localhost", application, data, more);
  }

  private static ObjectName name(String host, String application, Class<?> data, String more) {
    try {
      return new ObjectName(
          "org.typedsession:type=SessionStore,host=%s,application=%s,data=%s%s"
              .formatted(host, application, data.getName(), more));
    } catch (JMException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private List<ObjectName> names() throws JMException {
    return List.copyOf(server.queryNames(new ObjectName("org.typedsession:*"), null));
  }

  @Test
  void mbeans_eachStore_areThereFromTheStartToTheEnd() throws Exception {
    try (Application application = Application.deploy(Shop.class, OfUser.class)) {
      assertThat(names()).isEmpty();

      application.browse("/shop");
      Shop shop = application.get(Shop.class);
      shop.cart.store(shop.cart.create(new Cart(1)));

      assertThat(names())
          .containsExactlyInAnyOrder(name("/shop", Cart.class, ""), name("/shop", User.class, ""));
      assertThat(server.getAttribute(name("/shop", Cart.class, ""), "Creates")).isEqualTo(1L);
      assertThat(server.getAttribute(name("/shop", User.class, ""), "Creates")).isEqualTo(0L);
      assertThat(server.getAttribute(name("/shop", Cart.class, ""), "Ready")).isEqualTo(true);
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void mbeans_twoApplicationsOfOneContextPath_doNotCollide() throws Exception {
    try (Application one = Application.deploy(Shop.class)) {
      one.browse("/shop");
      try (Application two = Application.deploy(Shop.class)) {
        two.browse("/shop");

        assertThat(names())
            .containsExactlyInAnyOrder(
                name("/shop", Cart.class, ""), name("/shop", Cart.class, ",instance=2"));
      }
      assertThat(names()).containsExactly(name("/shop", Cart.class, ""));
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void mbeans_twoVirtualHosts_areToldApartByTheirNames() throws Exception {
    try (Application one = Application.deploy(Shop.class);
        Application two = Application.deploy(Shop.class)) {
      one.browse("a", "");
      two.browse("b", "");

      assertThat(names())
          .containsExactlyInAnyOrder(
              name("a", "ROOT", Cart.class, ""), name("b", "ROOT", Cart.class, ""));
    }
  }

  @Test
  void mbeans_storeOfTheApplicationsOwn_tellsWhyItRefuses() throws Exception {
    try (Application application = Application.deploy(Shop.class, RefusingStore.class)) {
      application.browse("/shop");

      ObjectName name = name("/shop", Cart.class, "");
      assertThat(server.getAttribute(name, "Ready")).isEqualTo(false);
      assertThat(server.getAttribute(name, "Reason")).isEqualTo("DEGRADED_MODE");
    }
    assertThat(names()).isEmpty();
  }

  @Test
  void mbeans_startThatFails_leavesNone() throws Exception {
    try (Application application =
        Application.deploy(Shop.class, OfUser.class, BrokenStore.class)) {
      assertThatThrownBy(() -> application.browse("/shop")).hasMessageContaining("TSESS0041: ");

      assertThat(names()).isEmpty();
    }
  }
}
