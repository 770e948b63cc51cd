package org.typedsession.it.apps.starts;

import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;

/** Uses the store when the enterprise beans start. */
@Singleton
@Startup
public class OfEnterpriseBean {
  @Inject private Stock stock;

  @PostConstruct
  void start() {
    stock.take();
  }
}
