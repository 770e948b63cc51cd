package org.typedsession.it.apps.security;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.stream.Collectors;

/** What this node was told of sessions, oldest first: handle, event, user, cause of an end. */
@WebServlet("/events")
public final class EventsServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient EventLog log;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.getWriter().print(log.lines().collect(Collectors.joining("\n")));
  }
}
