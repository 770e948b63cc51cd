package org.typedsession.bench.http;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.typedsession.bench.Basket;

/** The application, but for where it keeps its session. */
public abstract class VisitServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  /** What a session of it begins with: 200 B as JSON. */
  protected static final Basket FIRST = Basket.ofSize(200);

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    String text =
        switch (request.getPathInfo()) {
          case "/none" -> "ok";
          case "/begin" -> {
            begin(request, response);
            yield "begun";
          }
          case "/read" -> {
            Basket basket = read(request);
            yield basket.user() + ' ' + basket.count() + ' ' + basket.items().length();
          }
          case "/count" -> Long.toString(count(request));
          case "/login" -> login(request);
          default -> throw new ServletException("no such page: " + request.getPathInfo());
        };
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    response.setContentType("text/plain");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  /** Stores {@link #FIRST} in a new session. */
  protected abstract void begin(HttpServletRequest request, HttpServletResponse response);

  /** Everything that the session has. */
  protected abstract Basket read(HttpServletRequest request);

  /**
   * Adds one to the count.
   *
   * @return the new count
   */
  protected abstract long count(HttpServletRequest request);

  /**
   * Changes the user, and with it the id of the session.
   *
   * @return the new user
   */
  protected abstract String login(HttpServletRequest request);
}
