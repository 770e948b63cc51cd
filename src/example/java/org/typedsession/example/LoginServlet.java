package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Makes a guest a member: a privilege change, so the session gets a new id. Anybody may have any
 * name here; an application would ask for a proof of it first.
 */
@WebServlet("/api/login")
public final class LoginServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public LoginServlet() {
    super("POST");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String name = Input.visitorName(request);
    boolean administrator = Administrators.NAMES.contains(name);
    String label = ClientLabel.of(request.getHeader("User-Agent"));
    act(
        request,
        response,
        session -> {
          session.update(visit -> visit.as(name, administrator));
          session.setLabel(label);
        });
  }
}
