package org.typedsession.it.apps.starts;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

/** Uses the store when the application scope begins. */
@ApplicationScoped
public class OfInitialized {
  @Inject private Stock stock;

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    stock.take();
  }
}
