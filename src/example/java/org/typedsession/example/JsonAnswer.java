package org.typedsession.example;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Writes JSON as the whole body of a response. */
final class JsonAnswer {
  private JsonAnswer() {}

  static void write(HttpServletResponse response, int status, String mediaType, JsonObject body)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonWriter writer = Json.createWriter(bytes)) {
      writer.writeObject(body);
    }
    response.setStatus(status);
    response.setContentType(mediaType);
    response.setHeader("Cache-Control", "no-store");
    response.getOutputStream().write(bytes.toByteArray());
  }
}
