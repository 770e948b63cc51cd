package org.typedsession.testing.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which requests go out byte by byte as they are given, which no proper HTTP client
 * would, and answers come as they are. It is opened with the first request, and kept as long as the
 * server does. Not safe for use by several threads.
 */
public final class RawConnection implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;

  private final URI base;
  private @Nullable Socket socket;
  private InputStream in = InputStream.nullInputStream();

  /**
   * @param base where the server is, and what every path begins with
   */
  public RawConnection(URI base) {
    this.base = base;
  }

  /**
   * Sends one request without a body, and once more if the server has closed the idle connection.
   *
   * @param cookies the Cookie header fields, one value each, byte for byte
   */
  public Answer send(String method, String path, List<byte[]> cookies) throws IOException {
    boolean kept = socket != null;
    try {
      begin(method, path, cookies);
      return answer();
    } catch (IOException e) {
      close();
      if (kept) {
        return send(method, path, cookies);
      }
      throw e;
    }
  }

  /**
   * Sends one request without a body, and once more if the server has closed the idle connection.
   *
   * @param cookie as {@code name=value}, or empty for none
   */
  public Answer send(String method, String path, String cookie) throws IOException {
    return send(method, path, cookie.isEmpty() ? List.of() : List.of(bytes(cookie)));
  }

  /** Sends one request without a body, and leaves the answer for later. */
  public void begin(String method, String path, List<byte[]> cookies) throws IOException {
    List<byte[]> fields = new ArrayList<>(List.of(bytes("Content-Length: 0")));
    for (byte[] cookie : cookies) {
      ByteArrayOutputStream field = new ByteArrayOutputStream();
      field.writeBytes(bytes("Cookie: "));
      field.writeBytes(cookie);
      fields.add(field.toByteArray());
    }
    begin(method, path, fields, new byte[0]);
  }

  /**
   * Sends one request, and leaves the answer for later.
   *
   * @param fields header fields as {@code name: value}, besides Host
   */
  public void begin(String method, String path, List<byte[]> fields, byte[] body)
      throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(bytes(method + " " + base.getPath() + path + " HTTP/1.1\r\n"));
    request.writeBytes(bytes("Host: " + base.getAuthority() + "\r\n"));
    for (byte[] field : fields) {
      request.writeBytes(field);
      request.writeBytes(bytes("\r\n"));
    }
    request.writeBytes(bytes("\r\n"));
    request.writeBytes(body);
    Socket open = socket;
    if (open == null) {
      open = new Socket(base.getHost(), base.getPort());
      socket = open;
      open.setSoTimeout(TIMEOUT_MILLIS);
      open.setTcpNoDelay(true);
      in = new BufferedInputStream(open.getInputStream());
    }
    open.getOutputStream().write(request.toByteArray());
  }

  /** Whether nothing of the answer has arrived yet. */
  public boolean isSilent() throws IOException {
    return in.available() == 0;
  }

  /**
   * The answer.
   *
   * @throws EOFException if the server closes the connection before its end
   */
  public Answer answer() throws IOException {
    int status = status();
    HttpHeaders headers = headers();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean hasBody = status != 204 && status != 304;
    if (hasBody && isChunked(headers)) {
      readChunks(body);
    } else if (hasBody) {
      read((int) headers.firstValueAsLong("Content-Length").orElse(0), body);
    }
    if (headers.firstValue("Connection").orElse("").equalsIgnoreCase("close")) {
      close();
    }
    return new Answer(status, headers, text(body));
  }

  /**
   * All that comes until the server closes the connection, as it is: with whatever stands behind a
   * head that announces no body, and with as much of a body as there is. The status is 0 if there
   * is no head.
   */
  public Answer rest(String method) throws IOException {
    byte[] all = in.readAllBytes();
    close();
    in = new ByteArrayInputStream(all);
    int status;
    HttpHeaders headers;
    try {
      status = status();
      headers = headers();
    } catch (EOFException e) {
      HttpHeaders none = HttpHeaders.of(Map.of(), (name, value) -> true);
      return new Answer(0, none, new String(all, StandardCharsets.ISO_8859_1));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (isChunked(headers) && !method.equals("HEAD")) {
      try {
        readChunks(body);
      } catch (IOException e) {
        // It ends in the middle of a chunk.
      }
    } else {
      in.transferTo(body);
    }
    return new Answer(status, headers, text(body));
  }

  private int status() throws IOException {
    return Integer.parseInt(line().split(" ", 3)[1]);
  }

  private HttpHeaders headers() throws IOException {
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] field = line.split(":", 2);
      fields.computeIfAbsent(field[0], name -> new ArrayList<>()).add(field[1].strip());
    }
    return HttpHeaders.of(fields, (name, value) -> true);
  }

  private static boolean isChunked(HttpHeaders headers) {
    return headers.firstValue("Transfer-Encoding").filter("chunked"::equalsIgnoreCase).isPresent();
  }

  private void readChunks(ByteArrayOutputStream body) throws IOException {
    for (int length = chunk(); length > 0; length = chunk()) {
      read(length, body);
      line();
    }
    line();
  }

  private int chunk() throws IOException {
    String line = line();
    try {
      return Integer.parseInt(line.split(";", 2)[0].strip(), 16);
    } catch (NumberFormatException e) {
      throw new IOException("no length of a chunk: " + line, e);
    }
  }

  private void read(int length, ByteArrayOutputStream body) throws IOException {
    byte[] bytes = in.readNBytes(length);
    body.writeBytes(bytes);
    if (bytes.length < length) {
      throw new EOFException("the body ended early");
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(ByteArrayOutputStream body) {
    return body.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    Socket open = socket;
    if (open != null) {
      socket = null;
      open.close();
    }
  }
}
