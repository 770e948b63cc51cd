package org.typedsession.it.apps;

import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import org.typedsession.Session;

/** Server-sent events, until the session ends. */
@WebServlet(value = "/stream", asyncSupported = true)
public class StreamServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Inject private transient Session<Visit> session;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/event-stream");
    AsyncContext async = request.startAsync();
    async.setTimeout(0);
    PrintWriter events = async.getResponse().getWriter();
    session.update(Visit::more);
    send(events, "open");
    send(events, change());
    session.whenEnded(
        () -> {
          send(events, "ended");
          async.complete();
        });
  }

  private String change() {
    try {
      session.update(Visit::more);
      return "changed";
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  private static void send(PrintWriter events, String data) {
    events.print("data: " + data + "\n\n");
    events.flush();
  }
}
