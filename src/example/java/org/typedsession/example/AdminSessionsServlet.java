package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The sessions of any visitor; {@link AdministratorFilter} says who may ask. */
@WebServlet("/api/admin/sessions")
public final class AdminSessionsServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public AdminSessionsServlet() {
    super("GET", "HEAD");
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    SessionList.write(response, store(), Input.visitorName(request), session().handle());
  }
}
