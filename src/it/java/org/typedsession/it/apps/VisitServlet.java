package org.typedsession.it.apps;

import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.Session;

/** Reads, or tells why it cannot, and does what the parameter {@code do} says. */
@WebServlet("/visit")
public class VisitServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Visit> session;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      response.getWriter().print(session.data().text());
    } catch (ContextNotActiveException e) {
      response.getWriter().print(e.getMessage());
    }
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (request.getParameter("do")) {
      case "more" -> response.getWriter().print(session.update(Visit::more).text());
      case "login" -> response.getWriter().print(session.update(visit -> visit.by("ann")).text());
      case "logout" -> session.delete();
      default -> response.sendError(400);
    }
  }
}
