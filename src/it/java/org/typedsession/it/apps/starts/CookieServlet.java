package org.typedsession.it.apps.starts;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Tells the value of the cookie of the session from the start. */
@WebServlet("/cookie")
public class CookieServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Stock stock;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.getWriter().print(stock.cookie());
  }
}
