package org.typedsession.it.apps;

import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.typedsession.Session;
import org.typedsession.SessionWatch;

/** A connection that lasts as long as the session of its handshake. */
@ServerEndpoint(value = "/live", configurator = Handshake.class)
public class VisitEndpoint {
  private static final CloseReason ENDED =
      new CloseReason(CloseReason.CloseCodes.VIOLATED_POLICY, "session ended");

  private Session<Visit> visit;
  private SessionWatch watch;

  @OnOpen
  @SuppressWarnings("unchecked") // put there by Handshake
  public void open(jakarta.websocket.Session connection) throws IOException {
    visit = (Session<Visit>) connection.getUserProperties().get("visit");
    if (!visit.isNew()) {
      watch = visit.whenEnded(connection, VisitEndpoint::close);
    }
    connection.getBasicRemote().sendText(visit.isNew() ? "none" : visit.data().text());
  }

  @OnClose
  public void closed() {
    if (watch != null) {
      watch.close();
    }
  }

  @OnMessage
  public String message(String what) {
    return switch (what) {
      case "data" -> visit.data().text();
      case "stored" -> visit.stored().map(Visit::text).orElse("none");
      default -> attempt(() -> visit.update(Visit::more));
    };
  }

  private static String attempt(Runnable change) {
    try {
      change.run();
      return "changed";
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  private static void close(jakarta.websocket.Session connection) {
    try {
      connection.close(ENDED);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
