package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The session as it is. Looking at it makes none. */
@WebServlet("/api/visit")
public final class VisitServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public VisitServlet() {
    super("GET", "HEAD");
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    act(request, response, session -> {});
  }
}
