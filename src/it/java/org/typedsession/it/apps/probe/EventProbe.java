package org.typedsession.it.apps.probe;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.Produces;
import java.util.concurrent.atomic.AtomicInteger;
import org.typedsession.SessionEvent;

/** What an application says to CDI: the data that a session begins with, and what it observes. */
@ApplicationScoped
public class EventProbe {
  private final AtomicInteger replays = new AtomicInteger();
  private final AtomicInteger asynchronous = new AtomicInteger();

  /** Unlike that of the constructor. */
  @Produces
  Tally first() {
    return new Tally(40);
  }

  void replayed(@Observes SessionEvent.SessionReplayed event) {
    replays.incrementAndGet();
  }

  void replayedSomeTimeAgo(@ObservesAsync SessionEvent.SessionReplayed event) {
    asynchronous.incrementAndGet();
  }

  /** How often it was told. */
  public int replays() {
    return replays.get();
  }

  /** How often it was told as an asynchronous observer. */
  public int asynchronous() {
    return asynchronous.get();
  }
}
