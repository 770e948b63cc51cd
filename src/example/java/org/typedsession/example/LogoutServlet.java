package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.Session;

/** Ends the session, against whatever else is under way. */
@WebServlet("/api/logout")
public final class LogoutServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public LogoutServlet() {
    super("POST");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    act(request, response, Session::delete);
  }
}
