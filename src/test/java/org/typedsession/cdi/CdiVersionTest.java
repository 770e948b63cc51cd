package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.junit.jupiter.api.Test;

/** Guards the build: this package's tests run once on CDI 4.0 and once on CDI 4.1. */
final class CdiVersionTest {
  private static final String EXPECTED = System.getProperty("expected.cdi", "4.0");

  static final class Greeter {
    String greet() {
      return "hello";
    }
  }

  @Test
  void weld_bothRuns_isTheVersionOfTheRun() {
    String weld = Weld.class.getPackage().getImplementationVersion();

    assertThat(weld).startsWith(EXPECTED.equals("4.1") ? "6.0." : "5.1.");
  }

  @Test
  void cdiApi_bothRuns_isTheVersionOfTheRun() {
    // Method invokers came with CDI 4.1.
    boolean hasInvokers =
        getClass().getClassLoader().getResource("jakarta/enterprise/invoke/Invoker.class") != null;

    assertThat(hasInvokers).isEqualTo(EXPECTED.equals("4.1"));
  }

  @Test
  void container_bothRuns_starts() {
    try (WeldContainer container =
        new Weld().disableDiscovery().addBeanClass(Greeter.class).initialize()) {
      assertThat(container.select(Greeter.class).get().greet()).isEqualTo("hello");
    }
  }
}
