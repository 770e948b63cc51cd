package org.typedsession.servlet.filterapp;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Plays the scenario that the path names. */
final class ScenarioServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient SharedState state;
  private final transient Map<String, Scenario> scenarios = new HashMap<>();

  ScenarioServlet(SharedState state) {
    this.state = state;
    scenarios.putAll(ResponseScenarios.all());
    scenarios.putAll(DispatchScenarios.all());
    scenarios.putAll(AsyncScenarios.all());
    scenarios.putAll(SessionScenarios.all());
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    // Inside an include the path is still that of the including servlet.
    Object included = request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO);
    String path = included == null ? request.getPathInfo() : included.toString();
    Scenario scenario = scenarios.get(path.substring(1));
    if (scenario == null) {
      response.sendError(HttpServletResponse.SC_NOT_IMPLEMENTED);
      return;
    }
    if (response.getContentType() == null) {
      response.setContentType("text/plain;charset=UTF-8");
    }
    Visit visit = new Visit(state, request, response);
    if (visit.isCaching()) {
      visit.letAnybodyCache();
      scenario.play(visit);
      // By now the cookie may be set, and the answer not on its way yet.
      visit.letAnybodyCache();
    } else {
      scenario.play(visit);
    }
  }
}
