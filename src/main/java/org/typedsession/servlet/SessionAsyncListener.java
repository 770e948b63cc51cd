package org.typedsession.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/** Ends the sessions of an asynchronous request that ends outside of the filter. */
final class SessionAsyncListener implements AsyncListener {
  private final RequestSessions sessions;
  private final SessionResponse response;

  SessionAsyncListener(RequestSessions sessions, SessionResponse response) {
    this.sessions = sessions;
    this.response = response;
  }

  /**
   * The last resort, for a request that was completed behind our back. Otherwise the sessions were
   * stored before.
   */
  @Override
  public void onComplete(AsyncEvent event) {
    try {
      sessions.complete(response.container());
    } catch (RuntimeException e) {
      if (!Refusal.ofAny(e, sessions.log()).set(response.container())) {
        sessions.log().answeredBefore(e);
      }
    } finally {
      sessions.end();
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    sessions.timeoutTold(sessions.lifecycle().cycle(), response.container());
  }

  @Override
  public void onError(AsyncEvent event) {
    sessions.abandon(response.container());
  }

  /** The request wrapper registers a new listener by itself. */
  @Override
  public void onStartAsync(AsyncEvent event) {}
}
