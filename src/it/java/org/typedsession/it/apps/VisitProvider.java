package org.typedsession.it.apps;

import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import org.typedsession.Session;

/**
 * Counts before the resource is called, and shows the session when it has answered, which may be on
 * another thread.
 */
@Provider
public class VisitProvider implements ContainerRequestFilter, ContainerResponseFilter {
  @Inject private Session<Visit> session;

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getMethod().equals("POST")) {
      session.update(Visit::more);
    }
    request.setProperty("visit", session.unwrap());
  }

  @Override
  @SuppressWarnings("unchecked") // put there above
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    Session<Visit> visit = (Session<Visit>) request.getProperty("visit");
    response.getHeaders().putSingle("Visit", visit.data().text());
  }
}
