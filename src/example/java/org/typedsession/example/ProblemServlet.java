package org.typedsession.example;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The error page of everything that no handler answered itself; see web.xml. */
@WebServlet("/problem")
public final class ProblemServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  // An error page is reached with the method of the request that failed.
  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getDispatcherType() != DispatcherType.ERROR) {
      Problem.of(404).write(response, request.getRequestURI());
      return;
    }
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Object uri = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    Problem.of(status instanceof Integer code ? code : 500)
        .write(response, uri instanceof String path ? path : "/");
  }
}
