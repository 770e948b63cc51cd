package org.typedsession.bench.http;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.typedsession.bench.Basket;

/** The application on {@code HttpSession}, with everything in one attribute. */
@WebServlet("/*")
public final class AttributeServlet extends VisitServlet {
  private static final long serialVersionUID = 1L;
  private static final String NAME = "basket";

  @Override
  protected void begin(HttpServletRequest request, HttpServletResponse response) {
    request.getSession().setAttribute(NAME, FIRST);
  }

  @Override
  protected Basket read(HttpServletRequest request) {
    return (Basket) request.getSession(false).getAttribute(NAME);
  }

  @Override
  protected long count(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    Basket basket = ((Basket) session.getAttribute(NAME)).next();
    session.setAttribute(NAME, basket);
    return basket.count();
  }

  @Override
  protected String login(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    Basket basket = ((Basket) session.getAttribute(NAME)).otherUser();
    request.changeSessionId();
    session.setAttribute(NAME, basket);
    return basket.user();
  }
}
