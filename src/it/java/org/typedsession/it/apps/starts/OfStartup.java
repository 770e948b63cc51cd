package org.typedsession.it.apps.starts;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.inject.Inject;

/** Uses the store when CDI has started. */
@ApplicationScoped
public class OfStartup {
  @Inject private Stock stock;

  void start(@Observes Startup event) {
    stock.take();
  }
}
