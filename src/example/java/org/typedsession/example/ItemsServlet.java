package org.typedsession.example;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** One more of an item. Also when run again, the basket never holds more than it may. */
@WebServlet("/api/items/*")
public final class ItemsServlet extends ApiServlet {
  private static final long serialVersionUID = 1L;

  public ItemsServlet() {
    super("POST");
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String item = Input.itemName(request);
    act(request, response, session -> session.update(visit -> visit.picked(item)));
  }
}
