package org.typedsession.it.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.typedsession.testing.http.Answer;

/**
 * The HTTP client of the tests. It sends the cookie that each call names, and keeps none, so that a
 * test holds any number of users, and two of them can hold the same cookie.
 */
public final class Http {
  /** What a client without a cookie sends. */
  public static final String NO_COOKIE = "";

  private final HttpClient client;
  private final Duration timeout;

  /**
   * @param timeout how long it waits for a connection, and for an answer
   * @param threads what runs it
   */
  public Http(Duration timeout, Executor threads) {
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .executor(threads)
            .build();
  }

  /** Sends a request without a body. */
  public Answer send(String method, URI target, String cookie) throws IOException {
    return send(method, target, cookie, Map.of());
  }

  /** Sends a request without a body, and with these header fields. */
  public Answer send(String method, URI target, String cookie, Map<String, String> headers)
      throws IOException {
    HttpRequest.Builder request = request(target, cookie);
    headers.forEach(request::header);
    HttpResponse<String> response =
        exchange(request.method(method, BodyPublishers.noBody()), BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.headers(), response.body());
  }

  /** The lines of a page, as they come. */
  Stream<String> lines(URI target, String cookie) throws IOException {
    return exchange(request(target, cookie), BodyHandlers.ofLines()).body();
  }

  WebSocket.Builder webSocket(String cookie) {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    return cookie.isEmpty() ? builder : builder.header("Cookie", cookie);
  }

  private HttpRequest.Builder request(URI target, String cookie) {
    HttpRequest.Builder request = HttpRequest.newBuilder(target).timeout(timeout);
    return cookie.isEmpty() ? request : request.header("Cookie", cookie);
  }

  private <T> HttpResponse<T> exchange(HttpRequest.Builder request, BodyHandler<T> body)
      throws IOException {
    try {
      return client.send(request.build(), body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
