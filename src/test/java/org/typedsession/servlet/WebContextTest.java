package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containers say to a listener that an initializer has added, which may not ask for all. */
final class WebContextTest {
  private static final List<WebContext> STARTED = new CopyOnWriteArrayList<>();
  private static final List<WebContext> STOPPED = new CopyOnWriteArrayList<>();

  /** In the place of {@link SessionStarter}. */
  public static final class Listener implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      STARTED.add(WebContext.of(event.getServletContext(), "f"));
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
      STOPPED.add(WebContext.of(event.getServletContext(), "f"));
    }
  }

  /** In the place of {@link SessionFilterInitializer}. */
  public static final class Initializer implements ServletContainerInitializer {
    @Override
    public void onStartup(@Nullable Set<Class<?>> classes, ServletContext context) {
      context.addListener(Listener.class);
    }
  }

  @TempDir Path files;

  @BeforeEach
  void forget() {
    STARTED.clear();
    STOPPED.clear();
  }

  @Test
  void of_twoHostsOfTomcat_namesEngineAndHost() throws LifecycleException {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(files.toString());
    for (String name : List.of("a.example", "b.example")) {
      StandardHost host = new StandardHost();
      host.setName(name);
      tomcat.getEngine().addChild(host);
      StandardContext context = (StandardContext) tomcat.addContext(host, "", files.toString());
      context.addServletContainerInitializer(new Initializer(), Set.of());
    }
    tomcat.start();
    tomcat.stop();
    tomcat.destroy();

    assertThat(STARTED)
        .containsExactlyInAnyOrder(
            new WebContext("Tomcat/a.example", "", "f"),
            new WebContext("Tomcat/b.example", "", "f"));
    assertThat(STOPPED).containsExactlyInAnyOrderElementsOf(STARTED);
  }

  @Test
  void of_undertow_namesTheHostOfTheDeployment() throws ServletException {
    undertow(undertowDeployment("one").setHostName("a"));
    undertow(undertowDeployment("two"));

    assertThat(STARTED)
        .containsExactly(
            new WebContext("a", "/shop", "f"), new WebContext("localhost", "/shop", "f"));
    assertThat(STOPPED).isEqualTo(STARTED);
  }

  private static DeploymentInfo undertowDeployment(String name) {
    return Servlets.deployment()
        .setClassLoader(WebContextTest.class.getClassLoader())
        .setContextPath("/shop")
        .setDeploymentName(name)
        .addServletContainerInitializer(
            new ServletContainerInitializerInfo(Initializer.class, Set.of()));
  }

  private static void undertow(DeploymentInfo info) throws ServletException {
    DeploymentManager deployment = Servlets.newContainer().addDeployment(info);
    deployment.deploy();
    deployment.start();
    deployment.stop();
    deployment.undeploy();
  }
}
