package org.typedsession.it.apps.readme;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.stream.Stream;
import org.typedsession.Session;

/** As the README has it, and with an answer. */
@WebServlet("/add")
public final class AddServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Cart> session;

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String item = request.getParameter("item");
    Cart cart =
        session.update(
            before ->
                new Cart(
                    before.user(),
                    Stream.concat(before.items().stream(), Stream.of(item)).toList()));
    response.getWriter().print(cart.items());
  }
}
