package org.typedsession.it.apps.security;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.typedsession.SessionEvent;
import org.typedsession.SessionEvent.SessionEnded;

/** What this node was told of sessions. */
@ApplicationScoped
public class EventLog {
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  void observe(@Observes SessionEvent event) {
    lines.add(
        "%s %s %s%s"
            .formatted(
                event.handle(),
                event.getClass().getSimpleName(),
                event.principal().orElse("-"),
                event instanceof SessionEnded ended ? " " + ended.cause() : ""));
  }

  Stream<String> lines() {
    return lines.stream();
  }
}
