package org.typedsession.cdi;

import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.ObserverMethod;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.typedsession.SessionEvent;
import org.typedsession.spi.LogLimit;
import org.typedsession.spi.Messages;

/** Tells the application's observers. What they throw is theirs: no request ends by it. */
final class SessionEvents implements Consumer<SessionEvent> {
  private static final System.Logger LOGGER = System.getLogger(SessionEvents.class.getName());

  private final BeanManager beans;
  private final List<ObserverMethod<? extends SessionEvent>> observers;
  private final LogLimit failures = new LogLimit(InstantSource.system());

  /**
   * @param observers of session events, whether {@code beans} sees them or not
   */
  SessionEvents(BeanManager beans, List<ObserverMethod<? extends SessionEvent>> observers) {
    this.beans = beans;
    this.observers = observers;
  }

  @Override
  public void accept(SessionEvent event) {
    try {
      beans.getEvent().fire(event);
      tellUnseen(event);
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

  @SuppressWarnings("unchecked") // the event is of the class that is observed
  private void tellUnseen(SessionEvent event) {
    Set<ObserverMethod<? super SessionEvent>> told = beans.resolveObserverMethods(event);
    for (ObserverMethod<? extends SessionEvent> observer : observers) {
      if (((Class<?>) observer.getObservedType()).isInstance(event) && !told.contains(observer)) {
        ((ObserverMethod<SessionEvent>) observer).notify(event);
      }
    }
  }
}
