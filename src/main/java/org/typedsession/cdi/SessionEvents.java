package org.typedsession.cdi;

import jakarta.enterprise.event.Event;
import java.util.function.Consumer;
import org.typedsession.SessionEvent;
import org.typedsession.spi.Messages;

/** Tells the application's observers. What they throw is theirs: no request ends by it. */
final class SessionEvents implements Consumer<SessionEvent> {
  private static final System.Logger LOGGER = System.getLogger(SessionEvents.class.getName());

  private final Event<Object> events;

  SessionEvents(Event<Object> events) {
    this.events = events;
  }

  @Override
  public void accept(SessionEvent event) {
    try {
      events.fire(event);
    } catch (RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          Messages.observerFailed(event.getClass().getSimpleName(), event.handle()),
          e);
    }
  }
}
