package org.typedsession.it.apps.probe;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.typedsession.Session;

/**
 * A page with three forms, each of which is slow to answer: it logs in, adds an item, or counts on
 * a tally, and comes back to the page.
 */
@Dependent // GlassFish looks into beans only.
@WebServlet("/counter")
public final class CounterServlet extends HttpServlet {
  /** How long a form takes, in milliseconds. */
  public static final int SLOWNESS = 400;

  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Customer> customer;
  @Inject private transient Session<Tally> tally;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/html;charset=UTF-8");
    response
        .getWriter()
        .print(
            """
            <!DOCTYPE html><html lang="en"><title>Counter</title>
            <p id="name">%s</p><p id="items">%s</p><p id="tally">%s</p>
            %s%s%s</html>
            """
                .formatted(
                    customer.data().name(),
                    customer.data().items(),
                    tally.data().count(),
                    form("login"),
                    form("item"),
                    form("count")));
  }

  private static String form(String what) {
    return "<form method=post action=\"counter?what=%1$s\"><button id=%1$s>%1$s</button></form>"
        .formatted(what);
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String what = request.getParameter("what");
    // A slow request knows what was true when it began.
    int before = what.equals("count") ? tally.data().count() : customer.data().items();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SLOWNESS));
    switch (what) {
      case "login" -> customer.update(c -> new Customer("Ann", c.items()));
      case "item" -> customer.update(c -> new Customer(c.name(), c.items() + 1));
      default -> tally.update(t -> new Tally(t.count() + 1));
    }
    response.sendRedirect("counter?from=" + before);
  }
}
