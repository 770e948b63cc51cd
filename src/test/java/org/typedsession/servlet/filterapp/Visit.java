package org.typedsession.servlet.filterapp;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.typedsession.Session;
import org.typedsession.SessionCookieCommand;
import org.typedsession.servlet.RequestSessions;
import org.typedsession.spi.OpenSession;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.RecordingConnector.Operation;

/** One request to a scenario, and what scenarios have in common. */
record Visit(SharedState state, HttpServletRequest request, HttpServletResponse response) {

  OpenSession<Account> account() {
    return sessions().session(state.accounts());
  }

  OpenSession<String> note() {
    return sessions().session(state.notes());
  }

  static RequestSessions sessions() {
    return RequestSessions.current().orElseThrow();
  }

  String parameter(String name, String otherwise) {
    return Optional.ofNullable(request.getParameter(name)).orElse(otherwise);
  }

  /** Whether the client wants answers that caches may store. */
  boolean isCaching() {
    // Not getParameter, which would read the body of a form.
    return String.valueOf(request.getQueryString()).contains("caching=public");
  }

  /** Says in every way there is that shared caches may store the answer. */
  void letAnybodyCache() {
    response.setHeader("Cache-Control", "public, max-age=600");
    response.addHeader("cache-control", "s-maxage=700, must-revalidate");
    response.setHeader("CDN-Cache-Control", "max-age=800");
    response.setHeader("Surrogate-Control", "max-age=900");
    response.setIntHeader("X-Accel-Expires", 1_000);
  }

  /** Does to the session what the client asks for, and may let a rival win. */
  void change() {
    change(account());
  }

  void change(Session<Account> account) {
    switch (parameter("change", "routine")) {
      case "none" -> {}
      case "read" -> account.data();
      case "routine" -> account.update(data -> data.addLeft(1));
      case "privilege" -> account.update(data -> data.withUser("alice"));
      case "set" -> account.set(account.data().addLeft(1));
      case "login" -> account.login(parameter("user", "anna"));
      case "delete" -> account.delete();
      case "faulty-rerun" ->
          account.update(
              data -> {
                if (data.right() > 0) {
                  throw new ScenarioException("the data has changed");
                }
                return data.addLeft(1);
              });
      default -> throw new IllegalArgumentException("change");
    }
    rival();
  }

  /** Before this request stores, another one of the same client changes the session. */
  private void rival() {
    String cookie = request.getParameter("rival");
    if (cookie != null) {
      state
          .accountConnector()
          .before(
              Operation.valueOf(parameter("before", "WRITE")),
              () -> {
                Session<Account> rival = state.accounts().store().load(cookie);
                rival.update(data -> data.addRight(1));
                SessionCookieCommand ignored = state.accounts().store().store(rival);
              });
    }
  }

  /** Writes more than fits the buffer, whose size some containers leave to later requests. */
  void overflow() throws IOException {
    response.getWriter().print("x".repeat(response.getBufferSize() * 2));
  }

  /** Does something that may be refused, and notes what came of it. */
  void attempt(Runnable what) {
    try {
      what.run();
      state.remark("done");
    } catch (RuntimeException e) {
      state.remark(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }
}
