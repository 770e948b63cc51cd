package org.typedsession.it.client;

import java.io.BufferedInputStream;
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
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sends requests byte by byte as they are given, which no proper HTTP client would. */
public final class RawConnection implements AutoCloseable {
  private static final int TIMEOUT = 30_000;

  private final URI app;
  private Socket socket;
  private InputStream in;

  public RawConnection(URI app) {
    this.app = app;
  }

  /**
   * Sends one request without a body.
   *
   * @param cookies the Cookie header fields, one value each, byte for byte
   */
  public Answer send(String method, String path, List<byte[]> cookies) throws IOException {
    byte[] request = request(method, path, cookies);
    boolean fresh = socket == null;
    try {
      return exchange(request);
    } catch (IOException e) {
      close();
      if (fresh) {
        throw e;
      }
      // The server may have closed the idle connection meanwhile.
      try {
        return exchange(request);
      } catch (IOException again) {
        close();
        throw again;
      }
    }
  }

  private byte[] request(String method, String path, List<byte[]> cookies) {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(
        "%s %s HTTP/1.1\r\nHost: %s:%d\r\nContent-Length: 0\r\n"
            .formatted(method, app.getPath() + path, app.getHost(), app.getPort())
            .getBytes(StandardCharsets.US_ASCII));
    for (byte[] cookie : cookies) {
      request.writeBytes("Cookie: ".getBytes(StandardCharsets.US_ASCII));
      request.writeBytes(cookie);
      request.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    request.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    return request.toByteArray();
  }

  private Answer exchange(byte[] request) throws IOException {
    if (socket == null) {
      socket = new Socket(app.getHost(), app.getPort());
      socket.setSoTimeout(TIMEOUT);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    }
    socket.getOutputStream().write(request);
    int status = Integer.parseInt(line().split(" ")[1]);
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] field = line.split(":", 2);
      fields.computeIfAbsent(field[0], name -> new ArrayList<>()).add(field[1].strip());
    }
    HttpHeaders headers = HttpHeaders.of(fields, (name, value) -> true);
    String body = new String(body(status, headers), StandardCharsets.UTF_8);
    if (headers.firstValue("Connection").orElse("").toLowerCase(Locale.ROOT).equals("close")) {
      close();
    }
    return new Answer(status, headers, body);
  }

  private byte[] body(int status, HttpHeaders headers) throws IOException {
    if (status == 204 || status == 304) {
      return new byte[0];
    }
    if (headers.firstValue("Transfer-Encoding").isPresent()) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int length = chunk(); length > 0; length = chunk()) {
        body.writeBytes(exactly(length));
        line();
      }
      line();
      return body.toByteArray();
    }
    return exactly((int) headers.firstValueAsLong("Content-Length").orElse(0));
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line().split(";")[0].strip(), 16);
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the body ended early");
    }
    return bytes;
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

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
