package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.typedsession.SessionCookieConfiguration;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionPolicy;
import org.typedsession.spi.OpenSession;
import org.typedsession.testing.StoreInMemory;
import org.typedsession.testkit.Account;

/** What becomes of the sessions of a request outside of what containers do in the contract. */
final class RequestSessionsTest {
  private final StoreInMemory<Account> world = StoreInMemory.ofAccounts(SessionPolicy.DEFAULT);
  private final SessionBinding<Account> binding =
      new SessionBinding<>(
          world.store,
          new SessionCookieSettings(
              SessionCookieConfiguration.builder().name("session").secure(false).build(), false));

  private static HttpServletRequest request(SessionCookieValue cookie, @Nullable String user) {
    Map<String, Object> attributes = new HashMap<>();
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            HttpServletRequest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, m, args) ->
                switch (m.getName()) {
                  case "getAttribute" -> attributes.get((String) args[0]);
                  case "setAttribute" -> attributes.put((String) args[0], args[1]);
                  case "isSecure" -> false;
                  case "getHeaders" ->
                      Collections.enumeration(List.of("session=" + cookie.reveal()));
                  case "getUserPrincipal" -> user == null ? null : (Principal) () -> user;
                  default -> throw new UnsupportedOperationException(m.getName());
                });
  }

  private static HttpServletResponse response(boolean takesHeaders, List<String> cookies) {
    return response(takesHeaders, cookie -> cookies.add(cookie.getName()));
  }

  /**
   * @param takesHeaders whether it does, which it does not inside of an include
   */
  private static HttpServletResponse response(boolean takesHeaders, Consumer<Cookie> cookies) {
    Map<String, String> headers = new HashMap<>();
    return (HttpServletResponse)
        Proxy.newProxyInstance(
            HttpServletResponse.class.getClassLoader(),
            new Class<?>[] {HttpServletResponse.class},
            (proxy, m, args) ->
                switch (m.getName()) {
                  case "isCommitted" -> false;
                  case "getStatus" -> 200;
                  case "getHeaders" -> {
                    String value = headers.get((String) args[0]);
                    yield value == null ? List.of() : List.of(value);
                  }
                  case "getHeader" -> headers.get((String) args[0]);
                  case "getHeaderNames" -> headers.keySet();
                  case "setHeader", "addHeader" -> {
                    if (takesHeaders) {
                      headers.put((String) args[0], (String) args[1]);
                    }
                    yield null;
                  }
                  case "addCookie" -> {
                    cookies.accept((Cookie) args[0]);
                    yield null;
                  }
                  default -> throw new UnsupportedOperationException(m.getName());
                });
  }

  private RequestSessions begun(HttpServletRequest request) {
    RequestSessions sessions = RequestSessions.of(request, new RequestLog());
    sessions.begin(request);
    return sessions;
  }

  /** An id that was replaced a moment ago, by a request of {@code user}. */
  private SessionCookieValue replaced(String user) {
    SessionCookieValue old = world.stored(Account.EMPTY);
    OpenSession<Account> first = world.open(old);
    first.principal(user);
    first.complete();
    return old;
  }

  @Test
  void complete_overtakenReadOfAnAuthenticatedUserInsideOfAnInclude_isNoFailure() {
    RequestSessions sessions = begun(request(replaced("ann"), "ann"));
    assertThat(sessions.session(binding).data()).isEqualTo(Account.EMPTY);

    assertThatCode(
            () -> RequestCommit.wrapping(response(false, new ArrayList<>()), sessions).complete())
        .doesNotThrowAnyException();
  }

  @Test
  void complete_overtakenReadOfAnotherAuthenticatedUserInsideOfAnInclude_isNoFailure() {
    RequestSessions sessions = begun(request(replaced("ann"), "bob"));
    assertThat(sessions.session(binding).data()).isEqualTo(Account.EMPTY);

    assertThatCode(
            () -> RequestCommit.wrapping(response(false, new ArrayList<>()), sessions).complete())
        .doesNotThrowAnyException();
  }

  @Test
  void beforeInclude_overtakenReadOfAnAuthenticatedUser_leavesTheSessionOpen() {
    RequestSessions sessions = begun(request(replaced("ann"), "bob"));
    OpenSession<Account> session = sessions.session(binding);
    RequestCommit.wrapping(response(true, new ArrayList<>()), sessions).beforeInclude();

    assertThatCode(() -> session.update(a -> a.addLeft(1))).doesNotThrowAnyException();
  }

  @Test
  void complete_containerRefusesOneCookieAtFirst_setsItAndTheOthers() {
    RequestSessions sessions = sessionsWithTwoCookies();
    List<String> set = new ArrayList<>();
    IllegalArgumentException refusal = new IllegalArgumentException("not now");
    AtomicBoolean refused = new AtomicBoolean();
    RequestCommit commit =
        RequestCommit.wrapping(
            response(
                true,
                cookie -> {
                  if (cookie.getName().equals("session") && refused.compareAndSet(false, true)) {
                    throw refusal;
                  }
                  set.add(cookie.getName());
                }),
            sessions);

    assertThatThrownBy(commit::complete).isSameAs(refusal);

    // Both are stored, and the client would have lost them.
    assertThat(set).containsExactlyInAnyOrder("session", "other");
  }

  @Test
  void complete_containerRefusesAllCookiesByOneException_failsByIt() {
    IllegalStateException refusal = new IllegalStateException("no cookies");
    RequestCommit commit =
        RequestCommit.wrapping(
            response(
                true,
                cookie -> {
                  throw refusal;
                }),
            sessionsWithTwoCookies());

    assertThatThrownBy(commit::complete).isSameAs(refusal);
  }

  private RequestSessions sessionsWithTwoCookies() {
    SessionBinding<Account> other =
        new SessionBinding<>(
            StoreInMemory.ofAccounts(SessionPolicy.DEFAULT).store,
            new SessionCookieSettings(
                SessionCookieConfiguration.builder().name("other").secure(false).build(), false));
    RequestSessions sessions = begun(request(world.stored(Account.EMPTY), null));
    sessions.session(binding).login("ann");
    sessions.session(other).login("ann");
    return sessions;
  }

  // Frameworks keep the user of a thread there, and ask for it in a wrapper of the request.
  private static final ThreadLocal<String> USER = new ThreadLocal<>();

  private static final class OfTheThread extends HttpServletRequestWrapper {
    OfTheThread(HttpServletRequest request) {
      super(request);
    }

    @Override
    public @Nullable Principal getUserPrincipal() {
      String user = USER.get();
      return user == null ? null : () -> user;
    }
  }

  @Test
  void complete_onTheThreadOfAnotherUsersRequest_staysTheSessionOfItsUser() throws Exception {
    SessionCookieValue anns = world.stored(Account.EMPTY);
    OpenSession<Account> login = world.open(anns);
    login.login("ann");
    SessionCookieValue cookie = StoreInMemory.cookieValue(login.complete());
    HttpServletRequest waiting = request(cookie, null);
    RequestSessions sessions = begun(waiting);
    USER.set("ann");
    sessions.passed(new OfTheThread(waiting));
    OpenSession<Account> session = sessions.session(binding);
    assertThat(session.principal()).contains("ann");
    USER.remove();

    // Bob says something, and his request writes it to all who wait.
    Thread bobs =
        new Thread(
            () -> {
              USER.set("bob");
              RequestCommit.wrapping(response(true, new ArrayList<>()), sessions).complete();
            });
    bobs.start();
    bobs.join();

    assertThat(session.principal()).contains("ann");
    assertThat(world.events.toString()).doesNotContain("bob");
  }
}
