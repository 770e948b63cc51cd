package org.typedsession.it.apps.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationException;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.IdentityStoreHandler;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.typedsession.security.CallerInSession;

/**
 * A login form: its servlet passes on the credential. What is posted to {@code /enter} is looked at
 * here already, in front of all filters.
 */
@ApplicationScoped
@CallerInSession(Account.class)
public class FormMechanism implements HttpAuthenticationMechanism {
  @Inject private IdentityStoreHandler users;

  @Override
  public AuthenticationStatus validateRequest(
      HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
      throws AuthenticationException {
    Credential credential = context.getAuthParameters().getCredential();
    if (credential == null && request.getServletPath().equals("/enter")) {
      credential =
          new UsernamePasswordCredential(
              request.getParameter("name"), request.getParameter("password"));
    }
    if (credential != null) {
      return context.notifyContainerAboutLogin(users.validate(credential));
    }
    return context.isProtected()
        ? context.redirect(request.getContextPath() + "/login")
        : context.doNothing();
  }
}
