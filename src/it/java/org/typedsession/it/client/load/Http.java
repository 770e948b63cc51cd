package org.typedsession.it.client.load;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Sends requests with the cookies that it is told. */
final class Http {
  private final HttpClient client;
  private final Duration timeout;

  Http(Duration timeout, Executor executor) {
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .executor(executor)
            .build();
  }

  /**
   * @param query what comes behind the path, with its question mark, or nothing
   */
  Reply send(Node node, Action action, String query, @Nullable HeldCookie cookie) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(node.base().resolve(action.path() + query))
            .method(action.method(), BodyPublishers.noBody())
            .timeout(timeout);
    if (cookie != null) {
      request.header("Cookie", cookie.header());
    }
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Reply(
          OptionalInt.of(response.statusCode()),
          response.body(),
          response.headers().allValues("Set-Cookie"));
    } catch (IOException e) {
      return Reply.none(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Reply.none(e);
    }
  }
}
