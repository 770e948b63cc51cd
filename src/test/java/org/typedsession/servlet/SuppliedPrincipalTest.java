package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.ClassIntrospecter;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.servlet.util.ImmediateInstanceHandle;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Principal;
import java.util.List;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.SimpleInstanceManager;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionPolicy;
import org.typedsession.spi.OpenSession;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testing.http.Answer;
import org.typedsession.testkit.Account;

/**
 * A user whom no container has authenticated, but a filter of the application, which wraps the
 * request for those behind it.
 */
final class SuppliedPrincipalTest {
  private static final ThreadLocal<@Nullable String> USER = new ThreadLocal<>();

  private final SessionBinding<Account> accounts =
      new SessionBinding<>(
          StoreInMemory.ofAccounts(SessionPolicy.DEFAULT).store,
          new SessionCookieSettings(
              SessionCookieConfiguration.builder().name("account").secure(false).build(), false));

  @TempDir Path files;

  /** How a filter of web.xml is mapped. */
  private enum Mapping {
    URL,
    SERVLET
  }

  /** Who uses the session first. */
  private enum First {
    SERVLET,
    FILTER
  }

  /** As those for tokens do: it knows the user while its part of the chain runs, and no longer. */
  private final class TokenFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private final First first;

    TokenFilter(First first) {
      this.first = first;
    }

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      if (first == First.FILTER) {
        OpenSession<Account> unused = session();
      }
      String user = request.getHeader("X-User");
      if (user == null) {
        chain.doFilter(request, response);
        return;
      }
      USER.set(user);
      try {
        chain.doFilter(
            new HttpServletRequestWrapper(request) {
              @Override
              public @Nullable Principal getUserPrincipal() {
                String known = USER.get();
                return known == null ? null : () -> known;
              }
            },
            response);
      } finally {
        USER.remove();
      }
    }
  }

  /** Opens a session if there is none, and shows whose it is. */
  private final class AccountServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      OpenSession<Account> session = session();
      if (session.isNew()) {
        session.update(account -> account.addLeft(1));
      }
      response.getWriter().print(session.data().left() + " of " + session.principal().orElse("-"));
    }
  }

  private OpenSession<Account> session() {
    return RequestSessions.current().orElseThrow().session(accounts);
  }

  private <T> T made(Class<T> type) throws ReflectiveOperationException {
    T made = type.getConstructor().newInstance();
    if (made instanceof SessionFilter filter) {
      filter.bindings(context -> List.of(accounts));
    } else if (made instanceof SessionStarter starter) {
      starter.bindings(context -> List.of(accounts));
    }
    return made;
  }

  @ParameterizedTest
  @CsvSource({"URL, SERVLET", "URL, FILTER", "SERVLET, SERVLET", "SERVLET, FILTER"})
  void user_ofAFilterOnUndertow_rotatesTheId(Mapping mapping, First first) {
    try (EmbeddedServer server = new EmbeddedUndertow(onUndertow(mapping, first))) {
      userRotatesTheId(new FilterClient(server.base()));
    }
  }

  @ParameterizedTest
  @CsvSource({"URL, SERVLET", "URL, FILTER", "SERVLET, SERVLET", "SERVLET, FILTER"})
  void user_ofAFilterOnTomcat_rotatesTheId(Mapping mapping, First first) {
    try (EmbeddedServer server =
        new EmbeddedTomcat(files, files, context -> addTo(context, mapping, first))) {
      userRotatesTheId(new FilterClient(server.base()));
    }
  }

  private static void userRotatesTheId(FilterClient client) {
    String old = client.get("/account").cookie("account");

    Answer login = client.get("/account", "Cookie: account=" + old, "X-User: ann");

    assertThat(login.status()).isEqualTo(200);
    assertThat(login.body()).isEqualTo("1 of ann");
    String cookie = login.cookie("account");
    assertThat(cookie).isNotEqualTo(old);
    Answer next = client.get("/account", "Cookie: account=" + cookie, "X-User: ann");
    assertThat(next.body()).isEqualTo("1 of ann");
    assertThat(next.setCookies("account")).isEmpty();
    // Without the token it is the same session: a logout is its end.
    assertThat(client.get("/account", "Cookie: account=" + cookie).body()).isEqualTo("1 of ann");
    Answer other = client.get("/account", "Cookie: account=" + cookie, "X-User: bob");
    assertThat(other.body()).isEqualTo("1 of bob");
    assertThat(other.cookie("account")).isNotEqualTo(cookie);
  }

  private DeploymentInfo onUndertow(Mapping mapping, First first) {
    DeploymentInfo info =
        Servlets.deployment()
            .setDeploymentName("principals")
            .setClassIntrospecter(
                new ClassIntrospecter() {
                  @Override
                  public <T> InstanceFactory<T> createInstanceFactory(Class<T> type) {
                    return () -> {
                      try {
                        return new ImmediateInstanceHandle<>(made(type));
                      } catch (ReflectiveOperationException e) {
                        throw new IllegalStateException(e);
                      }
                    };
                  }
                })
            .addFilter(
                Servlets.filter(
                    "token",
                    TokenFilter.class,
                    new ImmediateInstanceFactory<>(new TokenFilter(first))))
            .addServlet(
                Servlets.servlet(
                        "account",
                        AccountServlet.class,
                        new ImmediateInstanceFactory<>(new AccountServlet()))
                    .addMapping("/account"))
            .addServletContainerInitializer(
                new ServletContainerInitializerInfo(SessionFilterInitializer.class, Set.of()));
    switch (mapping) {
      case URL -> info.addFilterUrlMapping("token", "/*", DispatcherType.REQUEST);
      case SERVLET -> info.addFilterServletNameMapping("token", "account", DispatcherType.REQUEST);
    }
    return info;
  }

  private void addTo(Context context, Mapping mapping, First first) {
    context.setParentClassLoader(getClass().getClassLoader());
    ((StandardContext) context)
        .setInstanceManager(
            new SimpleInstanceManager() {
              @Override
              public Object newInstance(Class<?> type) {
                try {
                  return made(type);
                } catch (ReflectiveOperationException e) {
                  throw new IllegalStateException(e);
                }
              }

              @Override
              public Object newInstance(String type) throws ClassNotFoundException {
                return newInstance(Class.forName(type));
              }
            });
    FilterDef token = new FilterDef();
    token.setFilterName("token");
    token.setFilter(new TokenFilter(first));
    context.addFilterDef(token);
    FilterMap map = new FilterMap();
    map.setFilterName("token");
    switch (mapping) {
      case URL -> map.addURLPattern("/*");
      case SERVLET -> map.addServletName("account");
    }
    context.addFilterMap(map);
    Tomcat.addServlet(context, "account", new AccountServlet());
    context.addServletMappingDecoded("/account", "account");
    context.addServletContainerInitializer(new SessionFilterInitializer(), Set.of());
  }
}
