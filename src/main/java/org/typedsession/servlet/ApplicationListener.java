package org.typedsession.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.util.function.UnaryOperator;

/**
 * A listener of the application: told with our asynchronous context in place of the container's, so
 * that completing by way of the event stores the sessions in time.
 */
final class ApplicationListener implements AsyncListener {
  private final AsyncListener listener;
  private final UnaryOperator<AsyncContext> wrapping;
  private final Runnable afterTimeout;

  /**
   * @param wrapping makes ours of the container's context
   * @param afterTimeout run when the listener was told of a timeout
   */
  ApplicationListener(
      AsyncListener listener, UnaryOperator<AsyncContext> wrapping, Runnable afterTimeout) {
    this.listener = listener;
    this.wrapping = wrapping;
    this.afterTimeout = afterTimeout;
  }

  @Override
  public void onComplete(AsyncEvent event) throws IOException {
    listener.onComplete(ours(event));
  }

  @Override
  public void onTimeout(AsyncEvent event) throws IOException {
    try {
      listener.onTimeout(ours(event));
    } finally {
      afterTimeout.run();
    }
  }

  @Override
  public void onError(AsyncEvent event) throws IOException {
    listener.onError(ours(event));
  }

  @Override
  public void onStartAsync(AsyncEvent event) throws IOException {
    listener.onStartAsync(ours(event));
  }

  private AsyncEvent ours(AsyncEvent event) {
    return new AsyncEvent(
        wrapping.apply(event.getAsyncContext()),
        event.getSuppliedRequest(),
        event.getSuppliedResponse(),
        event.getThrowable());
  }
}
