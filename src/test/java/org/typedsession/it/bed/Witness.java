package org.typedsession.it.bed;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import java.util.concurrent.atomic.AtomicInteger;
import org.typedsession.SessionEvent;

/** What an application says to CDI: the data that a session begins with, and what it observes. */
@ApplicationScoped
public class Witness {
  private final AtomicInteger replays = new AtomicInteger();

  /** Unlike that of the constructor. */
  @Produces
  Tally first() {
    return new Tally(40);
  }

  void replayed(@Observes SessionEvent.SessionReplayed event) {
    replays.incrementAndGet();
  }

  /** How often it was told. */
  public int replays() {
    return replays.get();
  }
}
