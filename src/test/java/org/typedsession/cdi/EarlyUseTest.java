package org.typedsession.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.ClassIntrospecter;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.api.ListenerInfo;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.servlet.util.ImmediateInstanceHandle;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.SimpleInstanceManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionStore;
import org.typedsession.servlet.SessionFilterInitializer;
import org.typedsession.testing.Logs;
import org.typedsession.testing.StoreInMemory;

/** A store that is used before the session filter has started. */
final class EarlyUseTest {
  record Cart(int items) {
    Cart() {
      this(0);
    }
  }

  @Dependent
  static class Shop {
    @Inject SessionStore<Cart> store;

    String open() {
      SessionCookieCommand command = store.store(store.create(new Cart(3)));
      return StoreInMemory.cookieValue(command).reveal();
    }
  }

  /** A listener of the application, which containers call before those of libraries. */
  public static final class Early implements ServletContextListener {
    private final Shop shop;
    private String cookie = "";

    Early(Shop shop) {
      this.shop = shop;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
      cookie = shop.open();
    }

    Cart reread() {
      return shop.store.load(cookie).data();
    }
  }

  @TempDir Path files;

  @Test
  void store_usedByAListenerOnUndertow_isThatOfTheWebContext() throws Exception {
    try (Logs logs = new Logs();
        Application application = Application.deploy(Shop.class);
        URLClassLoader loader = new URLClassLoader(new URL[0], getClass().getClassLoader())) {
      Early early = new Early(application.get(Shop.class));
      DeploymentInfo info =
          Servlets.deployment()
              .setClassLoader(loader)
              .setContextPath("/shop")
              .setDeploymentName("shop")
              .setClassIntrospecter(
                  new ClassIntrospecter() {
                    @Override
                    public <T> InstanceFactory<T> createInstanceFactory(Class<T> type) {
                      return () -> new ImmediateInstanceHandle<>(application.make(type));
                    }
                  })
              .addListener(new ListenerInfo(Early.class, new ImmediateInstanceFactory<>(early)))
              .addServletContainerInitializer(
                  new ServletContainerInitializerInfo(SessionFilterInitializer.class, Set.of()));
      DeploymentManager deployment = Servlets.newContainer().addDeployment(info);
      deployment.deploy();
      deployment.start();
      deployment.stop();
      deployment.undeploy();

      assertThat(early.reread()).isEqualTo(new Cart(3));
      assertThat(logs.infos())
          .satisfiesExactly(
              text -> assertThat(text).contains("TSESS0014", "localhost /shop|"),
              text -> assertThat(text).contains("TSESS0016", "localhost /shop|"));
    }
  }

  @Test
  void store_usedByAListenerOnTomcat_isThatOfTheWebContext() throws LifecycleException {
    try (Logs logs = new Logs();
        Application application = Application.deploy(Shop.class)) {
      Early early = new Early(application.get(Shop.class));
      Tomcat tomcat = new Tomcat();
      tomcat.setBaseDir(files.toString());
      StandardContext context = (StandardContext) tomcat.addContext("/shop", files.toString());
      context.setParentClassLoader(getClass().getClassLoader());
      context.setInstanceManager(
          new SimpleInstanceManager() {
            @Override
            public Object newInstance(Class<?> type) {
              return application.make(type);
            }

            @Override
            public Object newInstance(String type) throws ClassNotFoundException {
              return newInstance(Class.forName(type));
            }
          });
      context.addServletContainerInitializer(new SessionFilterInitializer(), Set.of());
      context.addApplicationLifecycleListener(early);
      tomcat.start();
      assertThat(context.getState()).isEqualTo(LifecycleState.STARTED);
      tomcat.stop();
      tomcat.destroy();

      assertThat(early.reread()).isEqualTo(new Cart(3));
      assertThat(logs.infos())
          .satisfiesExactly(
              text -> assertThat(text).contains("TSESS0014", "Tomcat/localhost /shop|"),
              text -> assertThat(text).contains("TSESS0016", "Tomcat/localhost /shop|"));
    }
  }

  @Test
  void store_usedBeforeTheWebContextIsKnown_isRefusedWithTheCulpritAndTheWayOut() {
    try (Application application = Application.deploy(Shop.class)) {
      application.get(Shop.class).open();

      assertThatThrownBy(() -> application.browse("/shop"))
          .hasMessageContaining("TSESS0040: ")
          .hasMessageContaining("@Startup")
          .hasMessageContaining("ServletContextListener")
          .hasMessageContaining("typed-session.namespace")
          .cause()
          .satisfies(
              culprit ->
                  assertThat(culprit.getStackTrace())
                      .anyMatch(frame -> frame.getClassName().equals(Shop.class.getName())));
    }
  }
}
