package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Ends one session of any visitor; {@link AdministratorFilter} says who may. */
@WebServlet("/api/admin/end")
public final class AdminEndServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public AdminEndServlet() {
    super("POST");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String name = Input.visitorName(request);
    if (store().end(name, Input.handle(request))) {
      SessionList.write(response, store(), name, session().handle());
    } else {
      Problem.of(404).write(response, request.getRequestURI());
    }
  }
}
