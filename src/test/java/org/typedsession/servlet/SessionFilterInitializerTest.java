package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionHandle;
import org.typedsession.SessionPolicy;
import org.typedsession.core.DefaultSessionStore;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.core.RandomSessionCookieGenerator;
import org.typedsession.memory.MemorySessionStoreConnector;
import org.typedsession.testkit.Seed;
import org.typedsession.testkit.StringCodec;

final class SessionFilterInitializerTest {
  private final List<String> calls = new ArrayList<>();
  private final Thread thread = Thread.currentThread();
  private final ClassLoader usual = thread.getContextClassLoader();

  /** As if this were an application of its own. */
  @BeforeEach
  void begin() {
    thread.setContextClassLoader(new URLClassLoader(new URL[0], usual));
  }

  @AfterEach
  void end() {
    thread.setContextClassLoader(usual);
  }

  @Test
  void initializer_ofTheJar_isFoundAsAService() {
    assertThat(ServiceLoader.load(ServletContainerInitializer.class).stream())
        .extracting(ServiceLoader.Provider::type)
        .contains(SessionFilterInitializer.class);
  }

  @Test
  void onStartup_byDefault_registersOneFilterBeforeAllOthersAndOneBehind() throws ServletException {
    new SessionFilterInitializer().onStartup(null, context(null, registration()));

    assertThat(calls)
        .containsExactly(
            "addFilter [typed-session, class org.typedsession.servlet.SessionFilter]",
            "addFilter [typed-session-principals]",
            "addListener [class org.typedsession.servlet.SessionStarter]",
            "setAsyncSupported [true]",
            "addMappingForUrlPatterns [[FORWARD, INCLUDE, REQUEST, ASYNC, ERROR], false, [/*]]",
            "addMappingForServletNames [[FORWARD], false, [*]]",
            "setAsyncSupported [true]",
            "addMappingForServletNames [[REQUEST, ASYNC], true, [*]]");
  }

  @Test
  void onStartup_ofAnApplicationThatMapsTheFilterItself_registersNone() throws ServletException {
    new SessionFilterInitializer().onStartup(null, context("manual", registration()));

    assertThat(calls).isEmpty();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "manual")
  void onStartup_whoeverMapsTheFilter_tellsWhereTheApplicationIs(@Nullable String parameter)
      throws ServletException {
    new SessionFilterInitializer().onStartup(null, context(parameter, registration()));

    assertThat(WebContext.current())
        .contains(new WebContext("default-host", "/app", "typed-session"));
  }

  @Test
  void contextDestroyed_ofTheStarter_forgetsWhereTheApplicationWas() throws ServletException {
    ServletContext context = context(null, registration());
    new SessionFilterInitializer().onStartup(null, context);

    new SessionStarter().contextDestroyed(new ServletContextEvent(context));

    assertThat(WebContext.current()).isEmpty();
  }

  @Test
  void onStartup_withAnUnknownParameter_failsTheDeployment() {
    assertThatExceptionOfType(ServletException.class)
        .isThrownBy(
            () -> new SessionFilterInitializer().onStartup(null, context("off", registration())))
        .withMessageContaining("TSESS0077")
        .withMessageContaining("'off'");
  }

  @Test
  void onStartup_whenTheNameIsTaken_failsTheDeployment() {
    assertThatExceptionOfType(ServletException.class)
        .isThrownBy(() -> new SessionFilterInitializer().onStartup(null, context(null, null)))
        .withMessageContaining("TSESS0078");
  }

  @Test
  void init_withoutBindings_failsTheDeployment() {
    assertThatExceptionOfType(ServletException.class)
        .isThrownBy(() -> new SessionFilter().init(config()))
        .withMessageContaining("TSESS0074");
  }

  @Test
  void init_withTwoTypesBehindOneCookie_failsTheDeployment() {
    SessionCookieSettings cookie =
        new SessionCookieSettings(SessionCookieConfiguration.builder().name("id").build(), false);
    List<SessionBinding<?>> bindings =
        List.of(new SessionBinding<>(store(), cookie), new SessionBinding<>(store(), cookie));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionFilter(context -> bindings).init(config()))
        .withMessageContaining("TSESS0075");
  }

  @Test
  void init_ofTheFilter_startsTheStoresForTheContextPath() throws ServletException {
    new SessionFilter(
            context -> {
              calls.add("start " + context);
              return List.of();
            })
        .init(config());

    assertThat(calls)
        .containsExactly(
            "start WebContext[virtualServer=default-host, path=/app, filter=sessions]");
  }

  @Test
  void destroy_ofTheFilter_letsGoOfThePlaceThatItStartedFor() throws ServletException {
    SessionFilter filter =
        new SessionFilter(
            new SessionBindings() {
              @Override
              public List<SessionBinding<?>> start(WebContext context) {
                return List.of();
              }

              @Override
              public void stop(WebContext context) {
                calls.add("stop " + context.path() + " of " + context.virtualServer());
              }
            });
    filter.destroy();
    assertThat(calls).isEmpty();
    filter.init(config());

    filter.destroy();

    assertThat(calls).containsExactly("stop /app of default-host");
  }

  private static DefaultSessionStore<String> store() {
    StringCodec codec = new StringCodec();
    Random random = Seed.random();
    return new DefaultSessionStore<>(
        new DefaultSessionStore.Parts<>(
            new MemorySessionStoreConnector<>(
                codec,
                InstantSource.system(),
                () -> SessionHandle.random(random),
                Duration.ofMinutes(15)),
            codec,
            PrivilegeRule.of(String.class),
            () -> "",
            SessionPolicy.DEFAULT,
            new RandomSessionCookieGenerator(random),
            InstantSource.system(),
            random,
            event -> {}));
  }

  private ServletContext context(
      @Nullable String parameter, FilterRegistration.@Nullable Dynamic registration) {
    return proxy(
        ServletContext.class,
        (name, arguments) ->
            switch (name) {
              case "getInitParameter" -> parameter;
              case "getContextPath" -> "/app";
              case "getResource" -> null;
              case "getClassLoader" -> null;
              case "getVirtualServerName" -> "default-host";
              default -> {
                calls.add(name + " " + arguments.replaceFirst(", org.*PrincipalFilter@.*]", "]"));
                yield registration;
              }
            });
  }

  private FilterRegistration.Dynamic registration() {
    return proxy(
        FilterRegistration.Dynamic.class,
        (name, arguments) -> {
          calls.add(name + " " + arguments);
          return null;
        });
  }

  private FilterConfig config() {
    return proxy(
        FilterConfig.class,
        (name, arguments) -> name.equals("getFilterName") ? "sessions" : context(null, null));
  }

  private interface Answer {
    @Nullable Object to(String method, String arguments);
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                answer.to(method.getName(), Arrays.deepToString(arguments))));
  }
}
