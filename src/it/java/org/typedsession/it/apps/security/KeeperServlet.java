package org.typedsession.it.apps.security;

import jakarta.servlet.annotation.HttpConstraint;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A page for keepers. */
@WebServlet("/keepers")
@ServletSecurity(@HttpConstraint(rolesAllowed = "keeper"))
public final class KeeperServlet extends CallerServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    tell(request, response);
  }
}
