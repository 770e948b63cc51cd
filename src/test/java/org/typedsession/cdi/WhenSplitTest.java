package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionStore;
import org.typedsession.testing.Logs;
import org.typedsession.testing.Ports;

/** What a deployment says of {@code typed-session.infinispan.when-split=serve}. */
final class WhenSplitTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  record Visits(int count) {
    Visits() {
      this(0);
    }
  }

  @Dependent
  static class Shop {
    @Inject SessionStore<Cart> cart;
    @Inject SessionStore<Visits> visits;
  }

  @Test
  void serve_ofAClusterAndTwoTypes_saysOnceWhichPromiseIsOff() {
    try (Ports ports = Ports.reserved();
        Settings settings =
            Settings.of(
                "store",
                "infinispan",
                "infinispan.when-split",
                "serve",
                "infinispan.initial-hosts",
                "127.0.0.1[%d]".formatted(ports.first()),
                "infinispan.bind-port",
                Integer.toString(ports.first()));
        Logs logs = new Logs();
        Application application = Application.deploy(Shop.class)) {
      application.browse("");

      assertThat(logs.warnings())
          .filteredOn(text -> text.startsWith("TSESS0110: "))
          .singleElement()
          .asString()
          .contains("when-split=serve", "typed-sessions", "two live ids", "logout", "undone");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "infinispan"})
  void serve_nothingThatCouldSplit_saysNothing(String store) {
    try (Settings settings = Settings.of("store", store, "infinispan.when-split", "serve");
        Logs logs = new Logs();
        Application application = Application.deploy(Shop.class)) {
      application.browse("");

      assertThat(logs.warnings()).noneMatch(text -> text.startsWith("TSESS0110: "));
    }
  }
}
