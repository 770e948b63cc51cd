package org.typedsession.it.client;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A deployed application as its clients see it. Cookies are sent as each call says and never kept,
 * so that a test holds any number of clients, and two of them can hold the same cookie.
 */
public final class WebApp {
  /** What a client without a cookie sends. */
  public static final String NO_COOKIE = "";

  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final ExecutorService CLIENTS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "client");
            thread.setDaemon(true);
            return thread;
          });
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(DEADLINE)
          .executor(CLIENTS)
          .build();

  private final URI base;

  public WebApp(URL base) {
    this.base = URI.create(base.toString());
  }

  public URI base() {
    return base;
  }

  public Answer get(String path, String cookie) {
    return send("GET", path, cookie);
  }

  public Answer post(String path, String cookie) {
    return send("POST", path, cookie);
  }

  public Answer send(String method, String path, String cookie) {
    return send(method, path, cookie, Map.of());
  }

  public Answer send(String method, String path, String cookie, Map<String, String> headers) {
    try {
      HttpRequest.Builder request = request(method, path, cookie).timeout(DEADLINE);
      headers.forEach(request::header);
      return exchange(request.build());
    } catch (IOException e) {
      throw new AssertionError(method + " " + path + ": no answer", e);
    }
  }

  /** Sends and hangs up at once; the handler must take a moment, so that there is no answer yet. */
  public void postAndHangUp(String path, String cookie) {
    URI target = base.resolve(path);
    byte[] request =
        "POST %s?%s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Length: 0\r\n\r\n"
            .formatted(target.getPath(), target.getQuery(), target.getAuthority(), cookie)
            .getBytes(StandardCharsets.US_ASCII);
    try (Socket connection = new Socket(target.getHost(), target.getPort())) {
      connection.getOutputStream().write(request);
    } catch (IOException e) {
      throw new AssertionError("POST " + path + ": not sent", e);
    }
  }

  /** Sends without waiting for the answer. */
  public Future<Answer> postAsync(String path, String cookie) {
    return CLIENTS.submit(() -> post(path, cookie));
  }

  /** A cookie of a new session whose count is 1. */
  public String newSession() {
    Answer answer = post("api/count", NO_COOKIE);
    if (answer.status() != 200) {
      throw new AssertionError("no new session: " + answer.status() + " " + answer.body());
    }
    return answer.cookie();
  }

  public Answer visit(String cookie) {
    Answer answer = get("api/visit", cookie);
    if (answer.status() != 200) {
      throw new AssertionError("no visit: " + answer.status() + " " + answer.body());
    }
    return answer;
  }

  /** One of the counters of the session store. */
  public int operations(String name) {
    return operations().getInt(name);
  }

  public JsonObject operations() {
    return get("api/operations", NO_COOKIE).json();
  }

  /** Lets all the calls begin at the same moment, and gives their answers in the same order. */
  public static List<Answer> atOnce(List<Callable<Answer>> calls) {
    CyclicBarrier barrier = new CyclicBarrier(calls.size());
    List<Future<Answer>> answers = new ArrayList<>();
    for (Callable<Answer> call : calls) {
      answers.add(
          CLIENTS.submit(
              () -> {
                barrier.await(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                return call.call();
              }));
    }
    return answers.stream().map(WebApp::join).toList();
  }

  public static Answer join(Future<Answer> answer) {
    try {
      return answer.get(2 * DEADLINE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("a client failed", e.getCause());
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("a client got no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private HttpRequest.Builder request(String method, String path, String cookie) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path)).method(method, BodyPublishers.noBody());
    return cookie.isEmpty() ? request : request.header("Cookie", cookie);
  }

  private static Answer exchange(HttpRequest request) throws IOException {
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
