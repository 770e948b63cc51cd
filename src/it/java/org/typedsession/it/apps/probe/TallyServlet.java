package org.typedsession.it.apps.probe;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.typedsession.Session;

/** GET reads the tally, POST adds one to it; who loses a race gets the session filter's answer. */
@Dependent // GlassFish looks into beans only.
@WebServlet("/probe/tally")
public final class TallyServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Tally> session;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    answer(response);
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    session.update(tally -> new Tally(tally.count() + 1));
    session.save();
    answer(response);
  }

  private void answer(HttpServletResponse response) throws IOException {
    response.setContentType("application/json");
    response
        .getWriter()
        .print("{\"live\": %b, \"count\": %d}".formatted(!session.isNew(), session.data().count()));
  }
}
