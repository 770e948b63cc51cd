package org.typedsession.example;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/** A resource for those who have logged in. */
abstract class MemberServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  MemberServlet(String... methods) {
    super(methods);
  }

  /**
   * @param name who asks
   */
  abstract void serve(HttpServletRequest request, HttpServletResponse response, String name)
      throws IOException;

  @Override
  protected final void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    serveMember(request, response);
  }

  @Override
  protected final void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    serveMember(request, response);
  }

  private void serveMember(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<String> name = session().principal();
    if (name.isPresent()) {
      serve(request, response, name.get());
    } else {
      Problem.forbidden("Log in first.").write(response, request.getRequestURI());
    }
  }
}
