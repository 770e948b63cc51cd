package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Ends all sessions of the visitor but the one that asks. */
@WebServlet("/api/sessions/end-others")
public final class EndOthersServlet extends MemberServlet {
  private static final long serialVersionUID = 1L;

  public EndOthersServlet() {
    super("POST");
  }

  @Override
  void serve(HttpServletRequest request, HttpServletResponse response, String name)
      throws IOException {
    store().endOthers(session());
    SessionList.write(response, store(), name, session().handle());
  }
}
