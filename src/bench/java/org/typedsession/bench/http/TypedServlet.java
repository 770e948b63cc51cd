package org.typedsession.bench.http;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.typedsession.Session;
import org.typedsession.bench.Basket;

/** The application on this library. */
@WebServlet("/*")
public final class TypedServlet extends VisitServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Basket> session;

  @Override
  protected void begin(HttpServletRequest request, HttpServletResponse response) {
    session.set(FIRST);
  }

  @Override
  protected Basket read(HttpServletRequest request) {
    return session.data();
  }

  @Override
  protected long count(HttpServletRequest request) {
    return session.update(Basket::next).count();
  }

  @Override
  protected String login(HttpServletRequest request) {
    return session.update(Basket::otherUser).user();
  }
}
