package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Ends all sessions of any visitor; {@link AdministratorFilter} says who may. */
@WebServlet("/api/admin/end-all")
public final class AdminEndAllServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public AdminEndAllServlet() {
    super("POST");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String name = Input.visitorName(request);
    store().endAll(name);
    SessionList.write(response, store(), name, session().handle());
  }
}
