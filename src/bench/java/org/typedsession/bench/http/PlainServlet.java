package org.typedsession.bench.http;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.typedsession.bench.Basket;

/** The application without any session; its clients send a cookie as long as the others'. */
@WebServlet("/*")
public final class PlainServlet extends VisitServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void begin(HttpServletRequest request, HttpServletResponse response) {
    response.addCookie(new Cookie("visitor", Basket.ofSize(80).items()));
  }

  @Override
  protected Basket read(HttpServletRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected long count(HttpServletRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  protected String login(HttpServletRequest request) {
    throw new UnsupportedOperationException();
  }
}
