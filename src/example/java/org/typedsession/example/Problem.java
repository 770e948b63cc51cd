package org.typedsession.example;

import jakarta.json.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * What went wrong, as a problem document of RFC 9457.
 *
 * @param status the status code of the answer
 * @param title what the status says
 * @param detail what it means here and what to do about it
 */
record Problem(int status, String title, String detail) {
  /** The problem behind a status that nobody explained any further. */
  static Problem of(int status) {
    return switch (status) {
      case 400 -> new Problem(status, "Bad Request", "The request cannot be read.");
      case 403 -> new Problem(status, "Forbidden", "This session may not do that.");
      case 404 -> new Problem(status, "Not Found", "There is nothing here.");
      case 405 -> new Problem(status, "Method Not Allowed", "Allow names the methods there are.");
      case 409 ->
          new Problem(
              status,
              "Conflict",
              "Another request changed or ended the session first. Nothing was saved; look again.");
      case 422 ->
          new Problem(
              status,
              "Unprocessable Content",
              "The basket holds " + Basket.CAPACITY + " items and is full.");
      case 503 ->
          new Problem(
              status,
              "Service Unavailable",
              "The session store cannot answer. Nothing is lost; try again.");
      // Nothing of what happened inside: it would help attackers only.
      case 500 -> new Problem(status, "Internal Server Error", "The server failed.");
      default ->
          new Problem(status, status < 500 ? "Client Error" : "Server Error", "Status " + status);
    };
  }

  static Problem badRequest(InvalidInputException e) {
    return new Problem(400, "Bad Request", e.getMessage());
  }

  /** A 403 with a reason of its own. */
  static Problem forbidden(String detail) {
    return new Problem(403, "Forbidden", detail);
  }

  /**
   * Writes this problem as the whole answer.
   *
   * @param instance the path of the request
   */
  void write(HttpServletResponse response, String instance) throws IOException {
    JsonAnswer.write(
        response,
        status,
        "application/problem+json",
        Json.createObjectBuilder()
            .add("type", "about:blank")
            .add("title", title)
            .add("status", status)
            .add("detail", detail)
            .add("instance", instance)
            .build());
  }
}
