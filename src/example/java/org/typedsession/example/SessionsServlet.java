package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The sessions of the visitor who asks. */
@WebServlet("/api/sessions")
public final class SessionsServlet extends MemberServlet {
  private static final long serialVersionUID = 1L;

  public SessionsServlet() {
    super("GET", "HEAD");
  }

  @Override
  void serve(HttpServletRequest request, HttpServletResponse response, String name)
      throws IOException {
    SessionList.write(response, store(), name, session().handle());
  }
}
