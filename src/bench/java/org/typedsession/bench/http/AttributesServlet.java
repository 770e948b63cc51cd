package org.typedsession.bench.http;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import org.typedsession.bench.Basket;

/**
 * The application on {@code HttpSession}, with an attribute for each component, so that a change
 * has to store little.
 */
@WebServlet("/*")
public final class AttributesServlet extends VisitServlet {
  private static final long serialVersionUID = 1L;
  private static final String USER = "user";
  private static final String COUNT = "count";
  private static final String ITEMS = "items";

  @Override
  protected void begin(HttpServletRequest request, HttpServletResponse response) {
    HttpSession session = request.getSession();
    session.setAttribute(USER, FIRST.user());
    session.setAttribute(COUNT, FIRST.count());
    session.setAttribute(ITEMS, FIRST.items());
  }

  @Override
  protected Basket read(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    return new Basket(
        (String) session.getAttribute(USER),
        (Long) session.getAttribute(COUNT),
        (String) session.getAttribute(ITEMS));
  }

  @Override
  protected long count(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    long count = new Basket("", (Long) session.getAttribute(COUNT), "").next().count();
    session.setAttribute(COUNT, count);
    return count;
  }

  @Override
  protected String login(HttpServletRequest request) {
    HttpSession session = request.getSession(false);
    String user = new Basket((String) session.getAttribute(USER), 0, "").otherUser().user();
    request.changeSessionId();
    session.setAttribute(USER, user);
    return user;
  }
}
