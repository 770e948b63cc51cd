package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** One click more. Run again when another request got in first, so that no click is lost. */
@WebServlet("/api/count")
public final class CountServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public CountServlet() {
    super("POST");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    act(request, response, session -> session.update(Visit::clicked));
  }
}
