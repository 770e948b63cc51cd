package org.typedsession.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Speaks HTTP to the filter application over plain sockets, because it has to send headers that
 * HTTP clients refuse and to see answers as they are.
 */
public final class FilterClient {
  private static final int TIMEOUT_MILLIS = 30_000;

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
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(base.getPath()).append(path).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(base.getAuthority()).append("\r\nConnection: close\r\n");
    if (bytes.length > 0) {
      head.append("Content-Type: application/x-www-form-urlencoded\r\n");
      head.append("Content-Length: ").append(bytes.length).append("\r\n");
    }
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("\r\n");
    try {
      Socket socket = new Socket(base.getHost(), base.getPort());
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return new Exchange(socket, method);
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
  record Exchange(Socket socket, String method) implements AutoCloseable {
    /** Whether nothing of the answer has arrived yet. */
    boolean isSilent() {
      try {
        return socket.getInputStream().available() == 0;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Answer answer() {
      try {
        return Answer.parse(socket.getInputStream().readAllBytes(), method);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What came back; {@code status} is 0 if nothing did. */
  record Answer(int status, List<String> headers, String body) {
    static Answer parse(byte[] bytes, String method) throws IOException {
      String all = new String(bytes, StandardCharsets.ISO_8859_1);
      int end = all.indexOf("\r\n\r\n");
      if (end < 0) {
        return new Answer(0, List.of(), all);
      }
      List<String> lines = new ArrayList<>(all.substring(0, end).lines().toList());
      int status = Integer.parseInt(lines.remove(0).split(" ", 3)[1]);
      byte[] body = all.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
      boolean chunked = lines.stream().anyMatch("transfer-encoding: chunked"::equalsIgnoreCase);
      byte[] plain = chunked && !method.equals("HEAD") ? joined(body) : body;
      return new Answer(status, List.copyOf(lines), new String(plain, StandardCharsets.UTF_8));
    }

    // Ends quietly where a broken answer does.
    private static byte[] joined(byte[] chunks) throws IOException {
      ByteArrayOutputStream plain = new ByteArrayOutputStream();
      try (InputStream in = new java.io.ByteArrayInputStream(chunks)) {
        while (true) {
          StringBuilder line = new StringBuilder();
          int c;
          while ((c = in.read()) >= 0 && c != '\n') {
            line.append((char) c);
          }
          String size = line.toString().strip();
          if (size.isEmpty() || size.equals("0")) {
            return plain.toByteArray();
          }
          plain.write(in.readNBytes(Integer.parseInt(size, 16)));
          in.skip(2);
        }
      }
    }

    /** The values of all headers of this name. */
    List<String> all(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).strip())
          .toList();
    }

    /** The Set-Cookie headers for the cookie of this name. */
    List<String> setCookies(String name) {
      return all("Set-Cookie").stream().filter(value -> value.startsWith(name + "=")).toList();
    }

    /** The value of the one cookie of this name that was set. */
    String cookie(String name) {
      assertThat(setCookies(name)).as("Set-Cookie of %s in %s", name, this).hasSize(1);
      String header = setCookies(name).get(0);
      int end = header.indexOf(';');
      return header.substring(name.length() + 1, end < 0 ? header.length() : end);
    }
  }
}
