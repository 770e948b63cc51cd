package org.typedsession.servlet.filterapp;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.typedsession.testkit.Account;
import org.typedsession.testkit.RecordingConnector;
import org.typedsession.testkit.RecordingConnector.Operation;

/** Lets the client watch and trip the store of accounts. */
final class ControlServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  private final transient SharedState state;

  ControlServlet(SharedState state) {
    this.state = state;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    RecordingConnector<Account> connector = state.accountConnector();
    String operation = request.getParameter("operation");
    String barrier = request.getParameter("barrier");
    response.setContentType("text/plain;charset=UTF-8");
    switch (request.getPathInfo()) {
      case "/reset" -> {
        connector.resetCounts();
        state.clearRemarks();
      }
      case "/operations" -> response.getWriter().print(operations(connector));
      case "/remarks" ->
          response
              .getWriter()
              .print(state.awaitRemarks(Integer.parseInt(request.getParameter("count"))));
      case "/fail" -> connector.fail(Operation.valueOf(operation));
      case "/block" -> state.barriers().put(barrier, connector.block(Operation.valueOf(operation)));
      case "/arrived" -> Objects.requireNonNull(state.barriers().get(barrier)).awaitArrival();
      case "/open" -> Objects.requireNonNull(state.barriers().get(barrier)).open();
      default -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
    }
  }

  private static String operations(RecordingConnector<Account> connector) {
    return Arrays.stream(Operation.values())
        .filter(operation -> connector.count(operation) > 0)
        .map(operation -> operation + "=" + connector.count(operation))
        .collect(Collectors.joining(" "));
  }
}
