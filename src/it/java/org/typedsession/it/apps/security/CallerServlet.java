package org.typedsession.it.apps.security;

import jakarta.ejb.EJBAccessException;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.security.enterprise.SecurityContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Optional;
import org.typedsession.Session;

/** Says who the caller is, by all that can be asked. */
abstract class CallerServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final String NOBODY = "-";

  @Inject transient Session<Account> session;
  @Inject transient SecurityContext security;
  @Inject transient Vault vault;

  final void tell(HttpServletRequest request, HttpServletResponse response) throws IOException {
    response.setContentType("application/json");
    response
        .getWriter()
        .print(
            Json.createObjectBuilder()
                .add("request", name(request.getUserPrincipal()))
                .add("security", name(security.getCallerPrincipal()))
                .add("session", session.principal().orElse(NOBODY))
                .add("visits", session.data().visits())
                .add("member", request.isUserInRole("member"))
                .add("keeper", security.isCallerInRole("keeper"))
                .add("vault", content())
                .add("handle", session.handle().toString())
                .build());
  }

  private String content() {
    try {
      return vault.content();
    } catch (EJBAccessException e) {
      return NOBODY;
    }
  }

  private static String name(Principal principal) {
    return Optional.ofNullable(principal).map(Principal::getName).orElse(NOBODY);
  }
}
