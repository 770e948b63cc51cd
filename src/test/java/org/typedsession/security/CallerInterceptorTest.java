package org.typedsession.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.interceptor.InvocationContext;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.AuthenticationParameters;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.security.enterprise.credential.CallerOnlyCredential;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.typedsession.PrincipalName;
import org.typedsession.Privilege;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionPolicy;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.core.PrivilegeRule;
import org.typedsession.json.JsonSessionCodec;
import org.typedsession.servlet.RequestSessions;
import org.typedsession.servlet.SessionBinding;
import org.typedsession.servlet.SessionCookieSettings;
import org.typedsession.servlet.SessionFilter;
import org.typedsession.spi.OpenSession;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.RecordingConnector.Operation;

/** A container that authenticates in front of the filter, without a server. */
final class CallerInterceptorTest {
  /** Leaves the name of the caller to the session. */
  record Badge(@Privilege Set<String> callerGroups) implements CallerData<Badge> {
    @Override
    public Badge withCaller(String name, Set<String> groups) {
      return new Badge(groups);
    }
  }

  @CallerInSession(Badge.class)
  static class Mechanism {}

  /** As a container makes one of a mechanism. */
  static final class Intercepted extends Mechanism {}

  private final StoreInMemory<Badge> memory =
      new StoreInMemory<>(
          new JsonSessionCodec<>(Badge.class),
          PrivilegeRule.of(Badge.class),
          () -> new Badge(Set.of()),
          SessionPolicy.DEFAULT);
  private final SessionBinding<Badge> binding =
      new SessionBinding<>(
          memory.store,
          new SessionCookieSettings(
              SessionCookieConfiguration.builder().name("session").secure(false).build(), false));
  private final CallerInterceptor interceptor = new CallerInterceptor(data -> binding);
  private final SessionFilter filter = new SessionFilter(context -> List.of(binding));

  @Test
  void request_withoutACookie_asksTheMechanismAndNotTheStore() throws Exception {
    Exchange exchange = new Exchange("");

    assertThat(exchange.authenticate()).isEqualTo(AuthenticationStatus.NOT_DONE);

    assertThat(exchange.asked).isEqualTo(1);
    assertThat(memory.connector.count()).isZero();
  }

  @Test
  void login_inFrontOfTheFilter_isStoredByIt() throws Exception {
    String cookie = loggedIn("ada", "member");

    Exchange next = new Exchange(cookie);

    assertThat(next.authenticate()).isEqualTo(AuthenticationStatus.SUCCESS);
    assertThat(next.asked).isZero();
    assertThat(next.caller).isEqualTo("ada");
    assertThat(next.groups).containsExactly("member");
    next.serve();
    assertThat(next.cookie).isNull();
    assertThat(memory.store.sessions("ada")).hasSize(1);
  }

  @Test
  void login_ofTheSameCaller_isALaterAuthentication() throws Exception {
    String cookie = loggedIn("ada", "member");
    memory.clock.advance(Duration.ofMinutes(5));
    Exchange again = new Exchange(cookie);
    again.parameters.setCredential(new CallerOnlyCredential("ada"));

    again.authenticate("ada", "member");
    again.serve();

    assertThat(again.asked).isEqualTo(1);
    assertThat(again.cookie).isNotNull().isNotEqualTo(cookie);
    assertThat(memory.store.sessions("ada"))
        .singleElement()
        .satisfies(
            session -> assertThat(session.authenticatedAt()).hasValue(memory.clock.instant()));
  }

  @Test
  void request_storeIsAway_isRefusedAndNotForgotten() throws Exception {
    String cookie = loggedIn("ada", "member");
    memory.connector.before(
        Operation.LOOK_UP,
        () -> {
          throw new SessionStoreUnavailableException("away", null);
        });
    Exchange exchange = new Exchange(cookie);

    assertThat(exchange.authenticate()).isEqualTo(AuthenticationStatus.SEND_FAILURE);

    assertThat(exchange.asked).isZero();
    assertThat(exchange.status).isEqualTo(503);
    assertThat(exchange.cookie).isNull();
    assertThat(new Exchange(cookie).authenticate()).isEqualTo(AuthenticationStatus.SUCCESS);
  }

  @Test
  void logout_caller_endsTheSession() throws Exception {
    String cookie = loggedIn("ada", "member");
    Exchange exchange = new Exchange(cookie);
    exchange.authenticate();

    exchange.serve(() -> exchange.invoke("cleanSubject"));

    assertThat(memory.store.sessions("ada")).isEmpty();
    assertThat(new Exchange(cookie).authenticate()).isEqualTo(AuthenticationStatus.NOT_DONE);
  }

  @Test
  void logout_inARequestThatNeverReachesTheFilter_endsTheSession() throws Exception {
    String cookie = loggedIn("ada", "member");
    Exchange exchange = new Exchange(cookie);
    exchange.authenticate();

    exchange.invoke("cleanSubject");

    assertThat(memory.store.sessions("ada")).isEmpty();
  }

  @Test
  void logout_sessionIsDeletedAlready_isNoError() throws Exception {
    String cookie = loggedIn("ada", "member");
    Exchange exchange = new Exchange(cookie);
    exchange.authenticate();

    exchange.serve(
        () -> {
          RequestSessions.current().orElseThrow().session(binding).delete();
          exchange.invoke("cleanSubject");
        });

    assertThat(memory.store.sessions("ada")).isEmpty();
  }

  @Test
  void authentication_afterALogoutOfTheSameRequest_findsNobody() throws Exception {
    String cookie = loggedIn("ada", "member");
    Exchange exchange = new Exchange(cookie);
    exchange.authenticate();

    exchange.serve(
        () -> {
          exchange.invoke("cleanSubject");
          assertThat(exchange.authenticate()).isEqualTo(AuthenticationStatus.NOT_DONE);
          // What was ended is not begun again.
          assertThatThrownBy(() -> exchange.authenticate("ada", "member"))
              .isInstanceOf(IllegalStateException.class);
        });

    assertThat(exchange.asked).isEqualTo(2);
    assertThat(memory.store.sessions("ada")).isEmpty();
  }

  record Named(@PrincipalName String name) {}

  @Test
  void authenticated_byAnotherNameThanTheDataHas_isRefused() {
    StoreInMemory<Named> named =
        new StoreInMemory<>(
            new JsonSessionCodec<>(Named.class),
            PrivilegeRule.of(Named.class),
            () -> new Named(""),
            SessionPolicy.DEFAULT);
    OpenSession<Named> session = named.open();
    session.update(data -> new Named("ada"));

    assertThatThrownBy(() -> session.authenticated("grace"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("@PrincipalName");
    session.authenticated("ada");

    session.complete();
    assertThat(named.store.sessions("ada")).hasSize(1);
    assertThat(named.store.sessions("grace")).isEmpty();
  }

  private String loggedIn(String name, String group) throws Exception {
    Exchange login = new Exchange("");
    assertThat(login.authenticate(name, group)).isEqualTo(AuthenticationStatus.SUCCESS);
    login.serve();
    return login.cookie;
  }

  private interface Step {
    void run() throws Exception;
  }

  /** One request and its answer. */
  private final class Exchange {
    private final Map<Object, Object> attributes = new HashMap<>();
    private final Map<Object, Object> headers = new HashMap<>();
    final AuthenticationParameters parameters = new AuthenticationParameters();
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private String[] login = {};
    int asked;
    int status = 200;
    String caller;
    Set<String> groups;
    String cookie;

    Exchange(String cookies) {
      request =
          implement(
              HttpServletRequest.class,
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "getAttribute" -> attributes.get(arguments[0]);
                    case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                    case "getHeaders" ->
                        Collections.enumeration(cookies.isEmpty() ? List.of() : List.of(cookies));
                    case "isAsyncStarted", "isSecure" -> false;
                    default -> null;
                  });
      response =
          implement(
              HttpServletResponse.class,
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "addCookie" -> keep((Cookie) arguments[0]);
                    case "setHeader" -> headers.put(arguments[0], arguments[1]);
                    case "getHeader" -> headers.get(arguments[0]);
                    case "getHeaders", "getHeaderNames" -> List.of();
                    case "containsHeader" -> headers.containsKey(arguments[0]);
                    case "isCommitted" -> false;
                    case "getBufferSize" -> 8192;
                    case "getStatus" -> status;
                    case "setStatus", "sendError" -> {
                      status = (Integer) arguments[0];
                      yield null;
                    }
                    default -> null;
                  });
    }

    private Object keep(Cookie set) {
      cookie = set.getName() + "=" + set.getValue();
      return null;
    }

    /**
     * @param mechanism what the mechanism finds: a caller and a group, or nobody
     */
    Object authenticate(String... mechanism) throws Exception {
      login = mechanism;
      return invoke("validateRequest");
    }

    Object invoke(String name) throws Exception {
      Method method =
          HttpAuthenticationMechanism.class.getMethod(
              name, HttpServletRequest.class, HttpServletResponse.class, HttpMessageContext.class);
      HttpMessageContext message = message();
      return interceptor.around(
          implement(
              InvocationContext.class,
              (proxy, called, arguments) ->
                  switch (called.getName()) {
                    case "getParameters" -> new Object[] {request, response, message};
                    case "getMethod" -> method;
                    case "getTarget" -> new Intercepted();
                    case "proceed" -> name.equals("validateRequest") ? mechanism() : null;
                    default -> null;
                  }));
    }

    private AuthenticationStatus mechanism() {
      asked++;
      if (login.length == 0) {
        return AuthenticationStatus.NOT_DONE;
      }
      caller = login[0];
      groups = Set.of(login[1]);
      return AuthenticationStatus.SUCCESS;
    }

    @SuppressWarnings("unchecked")
    private HttpMessageContext message() {
      return implement(
          HttpMessageContext.class,
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "getRequest" -> request;
                case "getResponse" -> response;
                case "getAuthParameters" -> parameters;
                case "getCallerPrincipal" -> caller == null ? null : (Principal) () -> caller;
                case "getGroups" -> groups;
                case "notifyContainerAboutLogin" -> {
                  caller = (String) arguments[0];
                  groups = (Set<String>) arguments[1];
                  yield AuthenticationStatus.SUCCESS;
                }
                default -> null;
              });
    }

    void serve() throws Exception {
      serve(() -> {});
    }

    void serve(Step application) throws Exception {
      FilterChain chain =
          (served, answered) -> {
            try {
              application.run();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          };
      filter.doFilter(request, response, chain);
    }
  }

  private static <T> T implement(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
