package org.typedsession.servlet;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Where a request is on its way through dispatches and asynchronous cycles.
 *
 * <p>Safe for use by many threads.
 */
final class RequestLifecycle {
  // Null while no dispatch and no asynchronous cycle is under way.
  private volatile @Nullable HttpServletRequest request;
  private volatile boolean async;
  private volatile AsyncCycle cycle = new AsyncCycle();
  private volatile @Nullable Thread dispatching;

  /** The container's request; null if none is under way. */
  @Nullable HttpServletRequest request() {
    return request;
  }

  /**
   * A dispatch has begun, or something in front of it.
   *
   * @param arrived the container's request
   */
  void begin(HttpServletRequest arrived) {
    // Otherwise this goes on with what an asynchronous cycle has left: the same request, which the
    // application may have wrapped.
    if (request == null) {
      request = arrived;
    }
  }

  /** The request is over, but for an error page. */
  void end() {
    request = null;
  }

  /** The current dispatch has started an asynchronous cycle, which goes on after it. */
  void startAsync() {
    cycle = new AsyncCycle();
    async = true;
  }

  /** A dispatch has begun that has started none yet. */
  void forgetAsync() {
    async = false;
  }

  /**
   * Whether the current dispatch has started an asynchronous cycle. The container's own answer is
   * no as soon as another thread has dispatched, and that dispatch still is to come.
   */
  boolean isAsync() {
    return async;
  }

  /** The asynchronous cycle that was started last. */
  AsyncCycle cycle() {
    return cycle;
  }

  /** Has {@code dispatch} run, which sends the request on from an asynchronous cycle. */
  void dispatch(Runnable dispatch) {
    dispatching = Thread.currentThread();
    AsyncCycle current = cycle;
    try {
      dispatch.run();
      current.handled();
    } finally {
      dispatching = null;
    }
  }

  /** Whether it is the container that asks this thread's request for something. */
  boolean isDispatching() {
    return dispatching == Thread.currentThread();
  }
}
