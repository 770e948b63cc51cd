package org.typedsession.it.client.load;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.HttpCookie;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.typedsession.testing.http.Answer;

/**
 * What came back to a request.
 *
 * @param status the status; empty if there was no answer
 * @param body the body, or what went wrong where there was no answer
 * @param setCookies the fields of that name
 */
record Reply(OptionalInt status, String body, List<String> setCookies) {
  static Reply of(Answer answer) {
    return new Reply(OptionalInt.of(answer.status()), answer.body(), answer.setCookies());
  }

  static Reply none(Exception why) {
    return new Reply(OptionalInt.empty(), String.valueOf(why), List.of());
  }

  Outcome outcome() {
    if (status.isEmpty()) {
      return Outcome.NO_ANSWER;
    }
    return switch (status.getAsInt()) {
      case 200, 204 -> Outcome.SERVED;
      case 404 -> Outcome.NOT_THERE;
      case 409 -> Outcome.CONFLICT;
      case 503 -> Outcome.UNAVAILABLE;
      default -> Outcome.ERROR;
    };
  }

  /**
   * The session that the example describes; empty if there is none.
   *
   * @throws JsonException if the body is not the example's
   */
  Optional<JsonObject> session() {
    try (JsonReader reader = Json.createReader(new StringReader(body))) {
      JsonObject answer = reader.readObject();
      return answer.isNull("session")
          ? Optional.empty()
          : Optional.of(answer.getJsonObject("session"));
    } catch (NullPointerException | ClassCastException e) {
      throw new JsonException("not the example's: " + body, e);
    }
  }

  /** The cookie that was set or removed. */
  Optional<HttpCookie> cookie() {
    return setCookies.stream().flatMap(field -> HttpCookie.parse(field).stream()).findFirst();
  }
}
