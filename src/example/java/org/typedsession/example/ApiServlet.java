package org.typedsession.example;

import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.typedsession.Session;
import org.typedsession.SessionConflictException;
import org.typedsession.SessionStore;

/** One resource of the API: which methods it has, and how it answers what goes wrong. */
abstract class ApiServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Visit> session;
  @Inject private transient SessionStore<Visit> store;

  private final List<String> methods;

  ApiServlet(String... methods) {
    this.methods = List.of(methods);
  }

  @Override
  protected final void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    if (!methods.contains(request.getMethod())) {
      response.setHeader("Allow", String.join(", ", methods) + ", OPTIONS");
      if (request.getMethod().equals("OPTIONS")) {
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      } else {
        Problem.of(405).write(response, request.getRequestURI());
      }
      return;
    }
    if (!SameOrigin.isKept(request)) {
      Problem.forbidden("Only pages of this site may do that.")
          .write(response, request.getRequestURI());
      return;
    }
    try {
      super.service(request, response);
    } catch (InvalidInputException e) {
      Problem.badRequest(e).write(response, request.getRequestURI());
    }
    // A store that cannot answer is the session filter's to explain: 503, by way of the error page.
  }

  /** Does {@code action} to the session of this request and answers what came of it. */
  final void act(
      HttpServletRequest request, HttpServletResponse response, Consumer<Session<Visit>> action)
      throws IOException {
    Duration delay = Input.delay(request);
    // A slow request knows what was true when it began.
    session.data();
    pause(delay);
    try {
      action.accept(session);
      // At once, not when the response goes out: the handler itself sees how it ended, a basket
      // that
      // another request filled meanwhile included.
      session.save();
    } catch (SessionConflictException e) {
      refuse(request, response, 409);
      return;
    } catch (BasketFullException e) {
      refuse(request, response, 422);
      return;
    }
    JsonAnswer.write(response, 200, "application/json", described());
  }

  /** The session of this request. */
  final Session<Visit> session() {
    return session;
  }

  /** All sessions. */
  final SessionStore<Visit> store() {
    return store;
  }

  private void refuse(HttpServletRequest request, HttpServletResponse response, int status)
      throws IOException {
    // Otherwise the filter would try to store the same again at the end of the request.
    session.discard();
    Problem.of(status).write(response, request.getRequestURI());
  }

  private JsonObject described() {
    JsonObjectBuilder answer = Json.createObjectBuilder();
    if (session.isNew()) {
      answer.addNull("session");
    } else {
      answer.add("session", describedVisit());
    }
    return answer.add("node", Node.NAME).build();
  }

  private JsonObjectBuilder describedVisit() {
    Visit visit = session.data();
    JsonObjectBuilder items = Json.createObjectBuilder();
    visit.basket().items().forEach(items::add);
    return Json.createObjectBuilder()
        .add("handle", session.handle().toString())
        .add("kind", visit.getClass().getSimpleName())
        .add(
            "name",
            visit instanceof Member member ? Json.createValue(member.name()) : JsonValue.NULL)
        .add("administrator", Administrators.isOne(visit))
        .add("count", visit.count())
        .add("items", items)
        .add("id", session.shortId().orElseThrow());
  }

  private static void pause(Duration delay) {
    try {
      Thread.sleep(delay.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting as asked", e);
    }
  }
}
