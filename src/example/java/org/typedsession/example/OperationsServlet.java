package org.typedsession.example;

import jakarta.json.Json;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.SessionStatistics;

/** What the session store of this node has done since it started. Costs none of it. */
@WebServlet("/api/operations")
public final class OperationsServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public OperationsServlet() {
    super("GET", "HEAD");
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    SessionStatistics statistics = store().statistics();
    JsonAnswer.write(
        response,
        200,
        "application/json",
        Json.createObjectBuilder()
            .add("create", statistics.creates())
            .add("read", statistics.reads())
            .add("writeInPlace", statistics.writesInPlace())
            .add("remap", statistics.remaps())
            .add("delete", statistics.deletes())
            .add("conflict", statistics.conflicts())
            .add("rerun", statistics.reruns())
            .add("node", Node.NAME)
            .build());
  }
}
