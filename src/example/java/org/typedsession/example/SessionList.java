package org.typedsession.example;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.stream.Stream;
import org.typedsession.SessionHandle;
import org.typedsession.SessionStore;
import org.typedsession.SessionSummary;

/** The sessions of one visitor as the whole body of a response. */
final class SessionList {
  private SessionList() {}

  /**
   * @param own the session that asks
   */
  static void write(
      HttpServletResponse response, SessionStore<Visit> store, String name, SessionHandle own)
      throws IOException {
    JsonArrayBuilder sessions = Json.createArrayBuilder();
    try (Stream<SessionSummary> listed = store.sessions(name)) {
      listed.map(session -> described(session, own)).forEach(sessions::add);
    }
    JsonAnswer.write(
        response,
        200,
        "application/json",
        Json.createObjectBuilder()
            .add("name", name)
            .add("sessions", sessions)
            .add("node", Node.NAME)
            .build());
  }

  private static JsonObjectBuilder described(SessionSummary session, SessionHandle own) {
    return Json.createObjectBuilder()
        .add("handle", session.handle().toString())
        .add("label", session.label().orElse("Unknown client"))
        .add("created", session.createdAt().toString())
        .add("renewed", session.renewedAt().toString())
        .add("own", session.handle().equals(own));
  }
}
