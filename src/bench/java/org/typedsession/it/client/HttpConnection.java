package org.typedsession.it.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A connection that is kept, for the benchmarks: it costs the machine little beside the server. Not
 * safe for use by several threads.
 */
public final class HttpConnection implements AutoCloseable {
  private final RawConnection connection;

  /** Opened with the first request. */
  public HttpConnection(URI site) {
    connection = new RawConnection(site);
  }

  /** What came back. */
  public record Reply(int status, HttpHeaders headers, String body) {}

  /**
   * Sends one request without a body.
   *
   * @param cookies the value of the header field, which is not sent if it is empty
   */
  public Reply send(String method, String path, String cookies) throws IOException {
    Answer answer =
        connection.send(
            method,
            path,
            cookies.isEmpty() ? List.of() : List.of(cookies.getBytes(StandardCharsets.US_ASCII)));
    return new Reply(answer.status(), answer.headers(), answer.body());
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
