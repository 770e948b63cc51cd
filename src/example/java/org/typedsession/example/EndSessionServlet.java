package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.Session;
import org.typedsession.SessionHandle;

/** Ends one of the visitor's own sessions; the one that asks is logged out. */
@WebServlet("/api/sessions/end")
public final class EndSessionServlet extends MemberServlet {
  private static final long serialVersionUID = 1L;

  public EndSessionServlet() {
    super("POST");
  }

  @Override
  void serve(HttpServletRequest request, HttpServletResponse response, String name)
      throws IOException {
    SessionHandle handle = Input.handle(request);
    if (handle.equals(session().handle())) {
      act(request, response, Session::delete);
    } else if (store().end(name, handle)) {
      SessionList.write(response, store(), name, session().handle());
    } else {
      Problem.of(404).write(response, request.getRequestURI());
    }
  }
}
