package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SessionStarterTest {
  private final SessionStarter starter = new SessionStarter();

  private static ServletContextEvent startOf(String contextPath) {
    ServletContext context =
        (ServletContext)
            Proxy.newProxyInstance(
                ServletContext.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getContextPath") ? contextPath : null);
    return new ServletContextEvent(context);
  }

  @Test
  void contextInitialized_bindingsInjected_startsThemForTheContextPath() {
    List<String> started = new ArrayList<>();
    starter.bindings(
        contextPath -> {
          started.add(contextPath);
          return List.of();
        });

    starter.contextInitialized(startOf("/shop"));

    assertThat(started).containsExactly("/shop");
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
