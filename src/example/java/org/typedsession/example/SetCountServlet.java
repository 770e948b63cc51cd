package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Sets the count, whatever it was: cannot be run again, so who comes second gets a conflict. */
@WebServlet("/api/set-count")
public final class SetCountServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public SetCountServlet() {
    super("POST");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    int value = Input.count(request);
    act(request, response, session -> session.set(session.data().withCount(value)));
  }
}
