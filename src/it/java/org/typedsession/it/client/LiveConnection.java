package org.typedsession.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket connection. What comes in is queued: messages, and in the end code and reason. */
public final class LiveConnection implements WebSocket.Listener, AutoCloseable {
  private static final int DEADLINE_SECONDS = 30;

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  private LiveConnection(WebSocket.Builder builder, URI endpoint) throws Exception {
    socket = builder.buildAsync(endpoint, this).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  public static LiveConnection open(WebApp app, String path, String cookie) throws Exception {
    URI endpoint = URI.create(app.base().resolve(path).toString().replaceFirst("http", "ws"));
    return new LiveConnection(app.webSocket(cookie), endpoint);
  }

  public String ask(String question) throws Exception {
    socket.sendText(question, true).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    return next();
  }

  public String next() throws InterruptedException {
    String next = received.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    assertThat(next).as("what the server sends").isNotNull();
    return next;
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    received.add(data.toString());
    return WebSocket.Listener.super.onText(webSocket, data, last);
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
    received.add(code + " " + reason);
    return WebSocket.Listener.super.onClose(webSocket, code, reason);
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    received.add(error.toString());
  }

  @Override
  public void close() {
    socket.abort();
  }
}
