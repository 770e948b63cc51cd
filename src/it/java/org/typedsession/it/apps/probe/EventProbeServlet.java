package org.typedsession.it.apps.probe;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Says how many replays each observer of the {@link EventProbe} was told of. */
@WebServlet("/probe/events")
public final class EventProbeServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient EventProbe probe;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.getWriter().print(probe.replays() + " " + probe.asynchronous());
  }
}
