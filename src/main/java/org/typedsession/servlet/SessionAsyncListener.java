package org.typedsession.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import org.typedsession.spi.Messages;

/** Ends the sessions of an asynchronous request that ends outside of the filter. */
final class SessionAsyncListener implements AsyncListener {
  private static final System.Logger LOGGER =
      System.getLogger(SessionAsyncListener.class.getName());

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
      if (!Refusal.ofAny(e).set(response.container())) {
        LOGGER.log(System.Logger.Level.ERROR, Messages.answeredBefore(String.valueOf(e)), e);
      }
    } finally {
      sessions.end();
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    sessions.abandon(response.container());
  }

  @Override
  public void onError(AsyncEvent event) {
    sessions.abandon(response.container());
  }

  /** The request wrapper registers a new listener by itself. */
  @Override
  public void onStartAsync(AsyncEvent event) {}
}
