package org.typedsession.it.client;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.WebSocket;
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
import java.util.stream.Stream;
import org.typedsession.testing.http.Answer;
import org.typedsession.testing.http.RawConnection;

/**
 * A deployed application as its clients see it. Cookies are sent as each call says and never kept,
 * so that a test holds any number of clients, and two of them can hold the same cookie.
 */
public final class WebApp {
  /** What a client without a cookie sends. */
  public static final String NO_COOKIE = Http.NO_COOKIE;

  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final ExecutorService CLIENTS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "client");
            thread.setDaemon(true);
            return thread;
          });
  private static final Http HTTP = new Http(DEADLINE, CLIENTS);

  private final URI base;

  public WebApp(URL base) {
    this(URI.create(base.toString()));
  }

  public WebApp(URI base) {
    this.base = base;
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
      return HTTP.send(method, base.resolve(path), cookie, headers);
    } catch (IOException e) {
      throw new AssertionError(method + " " + path + ": no answer", e);
    }
  }

  /** Sends and hangs up at once; the handler must take a moment, so that there is no answer yet. */
  public void postAndHangUp(String path, String cookie) {
    try (RawConnection connection = new RawConnection(base)) {
      connection.begin("POST", path, List.of(cookie.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IOException e) {
      throw new AssertionError("POST " + path + ": not sent", e);
    }
  }

  /** The lines of a page, as they come. */
  public Stream<String> lines(String path, String cookie) throws IOException {
    return HTTP.lines(base.resolve(path), cookie);
  }

  WebSocket.Builder webSocket(String cookie) {
    return HTTP.webSocket(cookie);
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

  /** What a client ends with, which it has to do in time. */
  public static <T> T join(Future<T> answer) {
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
}
