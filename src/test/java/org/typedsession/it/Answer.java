package org.typedsession.it;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.net.http.HttpHeaders;
import java.util.List;

/**
 * What a server answered.
 *
 * @param status the status code
 * @param headers all header fields
 * @param body the body, as text
 */
record Answer(int status, HttpHeaders headers, String body) {
  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  JsonObject json() {
    try (JsonReader reader = Json.createReader(new StringReader(body))) {
      return reader.readObject();
    }
  }

  /** Whether the example shows a session. */
  boolean showsSession() {
    return !json().isNull("session");
  }

  /** The session as the example describes it. */
  JsonObject session() {
    return json().getJsonObject("session");
  }

  int count() {
    return session().getInt("count");
  }

  String handle() {
    return session().getString("handle");
  }

  String id() {
    return session().getString("id");
  }

  JsonObject items() {
    return session().getJsonObject("items");
  }

  /** How many items are in the basket. */
  int total() {
    return items().values().stream()
        .mapToInt(quantity -> Integer.parseInt(quantity.toString()))
        .sum();
  }

  /** Whether the visitor's name is known, and is {@code name}. */
  boolean isNamed(String name) {
    JsonValue value = session().get("name");
    return value.equals(Json.createValue(name));
  }

  String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  List<String> setCookies() {
    return headers.allValues("Set-Cookie");
  }

  /** The cookie that the server set, as {@code name=value}. */
  String cookie() {
    if (setCookies().size() != 1) {
      throw new AssertionError("expected one Set-Cookie, had " + setCookies().size());
    }
    return setCookies().get(0).split(";", 2)[0];
  }
}
