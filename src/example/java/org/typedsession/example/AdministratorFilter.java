package org.typedsession.example;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.Session;

/** Keeps everybody else out of what is for administrators, the page and what it asks for alike. */
@WebFilter(urlPatterns = {"/admin/*", "/api/admin/*"})
public final class AdministratorFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Visit> session;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!Administrators.isOne(session.data())) {
      response.sendError(HttpServletResponse.SC_FORBIDDEN);
      return;
    }
    // Nor is it to be seen in a cache when the role is gone.
    response.setHeader("Cache-Control", "no-store");
    chain.doFilter(request, response);
  }
}
