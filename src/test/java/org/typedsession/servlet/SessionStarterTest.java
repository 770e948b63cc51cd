package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SessionStarterTest {
  private final SessionStarter starter = new SessionStarter();

  private static ServletContextEvent startOf(String contextPath) {
    return startOf("a", contextPath);
  }

  private static ServletContextEvent startOf(@Nullable String virtualServer, String contextPath) {
    ServletContext context =
        (ServletContext)
            Proxy.newProxyInstance(
                ServletContext.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "getContextPath" -> contextPath;
                      case "getVirtualServerName" -> virtualServer;
                      default -> null;
                    });
    return new ServletContextEvent(context);
  }

  /** Bindings that write down where they are started and stopped. */
  private static final class Recorded implements SessionBindings {
    final List<WebContext> started = new ArrayList<>();
    final List<WebContext> stopped = new ArrayList<>();

    @Override
    public List<SessionBinding<?>> start(WebContext context) {
      started.add(context);
      return List.of();
    }

    @Override
    public void stop(WebContext context) {
      stopped.add(context);
    }
  }

  @Test
  void contextInitialized_bindingsInjected_startsThemForHostAndContextPath() {
    Recorded bindings = new Recorded();
    starter.bindings(bindings);

    starter.contextInitialized(startOf("/shop"));

    assertThat(bindings.started).containsExactly(new WebContext("a", "/shop", "typed-session"));
  }

  @Test
  void contextInitialized_serverWithoutNamesOfHosts_startsThemAllTheSame() {
    Recorded bindings = new Recorded();
    starter.bindings(bindings);

    starter.contextInitialized(startOf(null, "/shop"));

    assertThat(bindings.started).containsExactly(new WebContext("", "/shop", "typed-session"));
  }

  @Test
  void contextDestroyed_started_stopsThemForHostAndContextPath() {
    Recorded bindings = new Recorded();
    starter.bindings(bindings);
    starter.contextInitialized(startOf("/shop"));

    starter.contextDestroyed(startOf("/shop"));

    assertThat(bindings.stopped).isEqualTo(bindings.started);
  }

  @Test
  void contextDestroyed_cdiEndedBefore_disturbsNothing() {
    starter.bindings(
        new SessionBindings() {
          @Override
          public List<SessionBinding<?>> start(WebContext context) {
            return List.of();
          }

          @Override
          public void stop(WebContext context) {
            throw new IllegalStateException("no container");
          }
        });

    assertThatCode(() -> starter.contextDestroyed(startOf("/shop"))).doesNotThrowAnyException();
  }

  @Test
  void contextInitialized_backEndRefuses_failsTheDeployment() {
    starter.bindings(
        contextPath -> {
          throw new IllegalStateException("refused");
        });

    assertThatThrownBy(() -> starter.contextInitialized(startOf(""))).hasMessage("refused");
  }

  @Test
  void contextInitialized_nothingInjected_failsTheDeploymentWithTheWayOut() {
    assertThatThrownBy(() -> starter.contextInitialized(startOf("")))
        .hasMessageContaining("TSESS0074")
        .hasMessageContaining("beans.xml");
  }
}
