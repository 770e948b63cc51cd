package org.typedsession.it.apps.starts;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionStore;
import org.typedsession.it.apps.Visit;

/** Stores a session while the application starts, and knows its cookie afterwards. */
@ApplicationScoped
public class Stock {
  @Inject private SessionStore<Visit> store;
  private String cookie = "";

  void take() {
    SessionCookieCommand command = store.store(store.create(new Visit("start", 1)));
    cookie = ((SessionCookieCommand.Set) command).cookieValue().reveal();
  }

  String cookie() {
    return cookie;
  }
}
