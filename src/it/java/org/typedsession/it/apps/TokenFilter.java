package org.typedsession.it.apps;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;

/** Authenticates by a header, as filters for tokens do: those behind it see the user. */
public class TokenFilter extends HttpFilter {
  /** Who the user is. */
  public static final String HEADER = "X-User";

  private static final long serialVersionUID = 1L;

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String user = request.getHeader(HEADER);
    chain.doFilter(user == null ? request : authenticated(request, user), response);
  }

  private static HttpServletRequest authenticated(HttpServletRequest request, String user) {
    return new HttpServletRequestWrapper(request) {
      @Override
      public Principal getUserPrincipal() {
        return () -> user;
      }
    };
  }
}
