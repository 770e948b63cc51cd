package org.typedsession.it.apps.security;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A page for everybody; a visit is counted by POST. */
@WebServlet({"/open", "/enter"})
public final class OpenServlet extends CallerServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    tell(request, response);
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    session.update(Account::visited);
    tell(request, response);
  }
}
