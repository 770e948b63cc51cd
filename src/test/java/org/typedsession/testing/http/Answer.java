package org.typedsession.testing.http;

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
public record Answer(int status, HttpHeaders headers, String body) {
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  public JsonObject json() {
    try (JsonReader reader = Json.createReader(new StringReader(body))) {
      return reader.readObject();
    }
  }

  /** Whether the example shows a session. */
  public boolean showsSession() {
    return !json().isNull("session");
  }

  /** The session as the example describes it. */
  public JsonObject session() {
    return json().getJsonObject("session");
  }

  public int count() {
    return session().getInt("count");
  }

  public String handle() {
    return session().getString("handle");
  }

  public String id() {
    return session().getString("id");
  }

  public JsonObject items() {
    return session().getJsonObject("items");
  }

  /** How many items are in the basket. */
  public int total() {
    return items().values().stream()
        .mapToInt(quantity -> Integer.parseInt(quantity.toString()))
        .sum();
  }

  /** Whether the visitor's name is known, and is {@code name}. */
  public boolean isNamed(String name) {
    JsonValue value = session().get("name");
    return value.equals(Json.createValue(name));
  }

  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /** The values of all header fields of this name. */
  public List<String> all(String name) {
    return headers.allValues(name);
  }

  public List<String> setCookies() {
    return all("Set-Cookie");
  }

  /** The Set-Cookie header fields for the cookie of this name. */
  public List<String> setCookies(String name) {
    return setCookies().stream().filter(value -> value.startsWith(name + "=")).toList();
  }

  /** The cookie that the server set, as {@code name=value}. */
  public String cookie() {
    if (setCookies().size() != 1) {
      throw new AssertionError("expected one Set-Cookie, had " + setCookies().size());
    }
    return setCookies().get(0).split(";", 2)[0];
  }

  /** The value of the cookie of this name, which the server set once. */
  public String cookie(String name) {
    List<String> fields = setCookies(name);
    if (fields.size() != 1) {
      throw new AssertionError("expected one Set-Cookie of %s in %s".formatted(name, this));
    }
    return fields.get(0).substring(name.length() + 1).split(";", 2)[0];
  }
}
