package org.typedsession.it.apps.starts;

import jakarta.inject.Inject;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Uses the store when the web application starts. */
@WebListener
public class OfListener implements ServletContextListener {
  @Inject private Stock stock;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    stock.take();
  }
}
