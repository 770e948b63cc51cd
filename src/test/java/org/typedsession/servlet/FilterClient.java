package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.typedsession.testing.http.Answer;
import org.typedsession.testing.http.RawConnection;

/** A client of the filter application, with a connection for each request. */
public final class FilterClient {
  private final URI base;

  public FilterClient(URI base) {
    this.base = base;
  }

  URI base() {
    return base;
  }

  /** A GET with these header lines. */
  Answer get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  Answer send(String method, String path, String body, String... headers) {
    try (RawConnection connection = begin(method, path, body, headers)) {
      return connection.rest(method);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a request and leaves the answer for later. */
  RawConnection begin(String method, String path, String body, String... headers)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    List<String> fields = new ArrayList<>(List.of("Connection: close"));
    if (bytes.length > 0) {
      fields.add("Content-Type: application/x-www-form-urlencoded");
      fields.add("Content-Length: " + bytes.length);
    }
    fields.addAll(List.of(headers));
    RawConnection connection = new RawConnection(base);
    connection.begin(
        method,
        path,
        fields.stream().map(field -> field.getBytes(StandardCharsets.ISO_8859_1)).toList(),
        bytes);
    return connection;
  }

  /** Tells the application to do something. */
  String control(String command) {
    Answer answer = get("/control/" + command);
    assertThat(answer.status()).as("control %s", command).isEqualTo(200);
    return answer.body();
  }
}
