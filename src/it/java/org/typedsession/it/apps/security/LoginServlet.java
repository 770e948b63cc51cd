package org.typedsession.it.apps.security;

import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.AuthenticationParameters;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The login form. */
@WebServlet("/login")
public final class LoginServlet extends CallerServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/html;charset=UTF-8");
    response
        .getWriter()
        .print(
            """
            <!DOCTYPE html><title>Log in</title><form method="post">
            <input name="name"><input name="password" type="password"><button>Log in</button></form>
            """);
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    AuthenticationStatus status =
        security.authenticate(
            request,
            response,
            AuthenticationParameters.withParams()
                .credential(
                    new UsernamePasswordCredential(
                        request.getParameter("name"), request.getParameter("password"))));
    if (status == AuthenticationStatus.SUCCESS) {
      tell(request, response);
    } else if (!response.isCommitted()) {
      response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
    }
  }
}
