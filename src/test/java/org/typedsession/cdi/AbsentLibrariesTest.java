package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionStore;

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

  /** The class path without what is in those packages. */
  private static final class Without extends URLClassLoader {
    private final List<String> packages;

    Without(String... packages) {
      super(classPath(), ClassLoader.getPlatformClassLoader());
      this.packages = List.of(packages);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (packages.stream().anyMatch(name::startsWith)) {
        throw new ClassNotFoundException(name);
      }
      return super.findClass(name);
    }

    private static URL[] classPath() {
      List<URL> urls = new ArrayList<>();
      Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .forEach(
              entry -> {
                try {
                  urls.add(new File(entry).toURI().toURL());
                } catch (MalformedURLException e) {
                  throw new IllegalArgumentException(entry, e);
                }
              });
      return urls.toArray(URL[]::new);
    }
  }

  private static String deployWithout(String... packages) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (Without loader = new Without(packages)) {
      thread.setContextClassLoader(loader);
      Class<?> deployment = loader.loadClass(Deployment.class.getName());
      Object instance = deployment.getDeclaredConstructor().newInstance();
      return (String) deployment.getMethod("call").invoke(instance);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      thread.setContextClassLoader(before);
    }
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
