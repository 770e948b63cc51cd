package org.typedsession.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/**
 * Sees the request as the filters of the application pass it on, who may have wrapped it to say who
 * the user is: {@link SessionFilter}, which comes before them, sees only whom the container has
 * authenticated.
 */
final class PrincipalFilter implements Filter {
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    // What nobody has wrapped has the container's user.
    if (request instanceof HttpServletRequest http && !(request instanceof CommitAwareRequest)) {
      RequestSessions.current().ifPresent(sessions -> sessions.passed(http));
    }
    chain.doFilter(request, response);
  }
}
