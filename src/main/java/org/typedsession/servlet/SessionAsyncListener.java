package org.typedsession.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/** Ends the sessions of an asynchronous request that ends outside of the filter. */
final class SessionAsyncListener implements AsyncListener {
  private final RequestCommit commit;

  SessionAsyncListener(RequestCommit commit) {
    this.commit = commit;
  }

  /**
   * The last resort, for a request that was completed behind our back. Otherwise the sessions were
   * stored before.
   */
  @Override
  public void onComplete(AsyncEvent event) {
    try {
      commit.complete();
    } catch (RuntimeException e) {
      if (!commit.state().refuse(e).set(commit.container())) {
        commit.sessions().log().answeredBefore(e);
      }
    } finally {
      commit.sessions().end();
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    commit.timeoutTold(commit.sessions().lifecycle().cycle());
  }

  @Override
  public void onError(AsyncEvent event) {
    commit.abandon();
  }

  /** The request wrapper registers a new listener by itself. */
  @Override
  public void onStartAsync(AsyncEvent event) {}
}
