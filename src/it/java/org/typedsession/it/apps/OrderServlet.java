package org.typedsession.it.apps;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.Session;

/** Reads, and orders. */
@WebServlet("/order")
public class OrderServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Order> session;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.getWriter().print(session.data().items());
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.getWriter().print(session.update(order -> new Order(order.items() + 1)).items());
  }
}
