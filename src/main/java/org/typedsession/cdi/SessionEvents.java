package org.typedsession.cdi;

import jakarta.enterprise.event.Event;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.typedsession.SessionEvent;
import org.typedsession.spi.LogLimit;
import org.typedsession.spi.Messages;

/** Tells the application's observers. What they throw is theirs: no request ends by it. */
final class SessionEvents implements Consumer<SessionEvent> {
  private static final System.Logger LOGGER = System.getLogger(SessionEvents.class.getName());

  private final Event<Object> events;
  private final LogLimit failures = new LogLimit(InstantSource.system());

  SessionEvents(Event<Object> events) {
    this.events = events;
  }

  @Override
  public void accept(SessionEvent event) {
    try {
      events.fire(event);
    } catch (RuntimeException e) {
      // Clients can bring about events.
      long count = failures.count();
      if (count > 0) {
        LOGGER.log(
            System.Logger.Level.WARNING,
            Messages.observerFailed(event.getClass().getSimpleName(), event.handle(), count),
            e);
      }
    }
  }
}
