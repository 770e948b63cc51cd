package org.typedsession.it.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** One browser with the cookie of one session, which goes to any node. */
public final class Client {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private String cookie = "";

  /**
   * What a node answered.
   *
   * @param status the status code
   * @param items what it says is in the cart, as text
   */
  public record Answer(int status, String items) {}

  /** Adds an item to the cart. */
  public Answer add(String item, URI application) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(application.resolve("add?item=" + item))
            .timeout(PATIENCE)
            .POST(BodyPublishers.noBody());
    if (!cookie.isEmpty()) {
      request.header("Cookie", cookie);
    }
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      response
          .headers()
          .firstValue("Set-Cookie")
          .ifPresent(header -> cookie = header.split(";", 2)[0]);
      return new Answer(response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** The cookie, as {@code name=value}; empty if there is none. */
  public String cookie() {
    return cookie;
  }
}
