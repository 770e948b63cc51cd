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
    try (Exchange exchange = begin(method, path, body, headers)) {
      return exchange.answer();
    }
  }

  /** Sends a request and leaves the answer for later. */
  Exchange begin(String method, String path, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    List<String> fields = new ArrayList<>(List.of("Connection: close"));
    if (bytes.length > 0) {
      fields.add("Content-Type: application/x-www-form-urlencoded");
      fields.add("Content-Length: " + bytes.length);
    }
    fields.addAll(List.of(headers));
    try {
      RawConnection connection = new RawConnection(base);
      connection.begin(
          method,
          path,
          fields.stream().map(field -> field.getBytes(StandardCharsets.ISO_8859_1)).toList(),
          bytes);
      return new Exchange(connection, method);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells the application to do something. */
  String control(String command) {
    Answer answer = get("/control/" + command);
    assertThat(answer.status()).as("control %s", command).isEqualTo(200);
    return answer.body();
  }

  /** A request under way. */
  record Exchange(RawConnection connection, String method) implements AutoCloseable {
    /** Whether nothing of the answer has arrived yet. */
    boolean isSilent() {
      try {
        return connection.isSilent();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Answer answer() {
      try {
        return connection.rest(method);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
