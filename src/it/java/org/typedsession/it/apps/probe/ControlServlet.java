package org.typedsession.it.apps.probe;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Says that it is there, whatever it is asked. */
@WebServlet("/*")
public final class ControlServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Control control;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/plain");
    response.getWriter().print(control.text());
  }
}
