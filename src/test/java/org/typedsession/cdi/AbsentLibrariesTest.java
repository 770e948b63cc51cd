package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionStore;
import org.typedsession.testing.ClassPathWithout;

/** Deploys where an optional library is not on the class path. */
final class AbsentLibrariesTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  @Dependent
  static class Shop {
    @Inject SessionStore<Cart> store;
  }

  /** Runs in the class loader that lacks something, and answers in JDK types only. */
  public static final class Deployment implements Callable<String> {
    @Override
    public String call() {
      try (Application application = Application.deploy(Shop.class)) {
        SessionStore<Cart> store = application.get(Shop.class).store;
        store.store(store.create(new Cart(2)));
        return "created " + store.statistics().creates();
      }
    }
  }

  private static String deployWithout(String... packages) throws Exception {
    return ClassPathWithout.call(Deployment.class, packages);
  }

  @Test
  void deployment_withoutInfinispan_keepsSessionsInMemory() throws Exception {
    try (Settings settings = Settings.of("store", "auto")) {
      assertThat(deployWithout("org.infinispan.", "org.jgroups.", "jakarta.transaction."))
          .isEqualTo("created 1");
    }
  }

  @Test
  void deployment_withoutProtoStreamOnly_usesJson() throws Exception {
    assertThat(deployWithout("org.infinispan.protostream.")).isEqualTo("created 1");
  }

  @Test
  void deployment_halfOfInfinispan_isRefusedNotGuessedAround() {
    try (Settings settings = Settings.of("store", "auto")) {
      assertThatThrownBy(() -> deployWithout("org.infinispan.protostream."))
          .hasMessageContaining("TSESS0041: ")
          .hasMessageContaining("NoClassDefFoundError");
    }
  }

  @Test
  void deployment_withoutMicroProfile_readsTheOtherSources() throws Exception {
    assertThat(deployWithout("org.eclipse.microprofile.", "io.smallrye.")).isEqualTo("created 1");
  }

  @Test
  void deployment_withoutJakartaSecurity_keepsNoCallers() throws Exception {
    assertThat(deployWithout("jakarta.security.")).isEqualTo("created 1");
  }

  @Test
  void deployment_infinispanWantedAndAbsent_isRefused() {
    try (Settings settings = Settings.of("store", "infinispan")) {
      assertThatThrownBy(() -> deployWithout("org.infinispan."))
          .hasMessageContaining("TSESS0042: Infinispan is not visible");
    }
  }

  @Test
  void deployment_withoutJson_isRefused() {
    assertThatThrownBy(() -> deployWithout("com.fasterxml.jackson.", "org.infinispan."))
        .hasMessageContaining("TSESS0042: jackson-databind is not visible");
  }

  @Test
  void deployment_protoStreamWantedAndAbsent_isRefused() {
    try (Settings settings = Settings.of("codec", "protostream")) {
      assertThatThrownBy(() -> deployWithout("org.infinispan."))
          .hasMessageContaining("TSESS0042: ProtoStream is not visible");
    }
  }
}
