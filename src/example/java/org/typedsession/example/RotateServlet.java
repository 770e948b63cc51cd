package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.Session;

/** A new id for the same visit; a client without a session gets none. */
@WebServlet("/api/rotate")
public final class RotateServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public RotateServlet() {
    super("POST");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    act(request, response, Session::rotateId);
  }
}
