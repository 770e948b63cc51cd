package org.typedsession.it.apps;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.Session;

/** A filter of web.xml that uses the session: counts before, and looks after. */
public class CountingFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Visit> session;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getMethod().equals("POST")) {
      session.update(Visit::more);
    }
    chain.doFilter(request, response);
    response.setHeader("Seen-After", String.valueOf(session.isNew()));
  }
}
