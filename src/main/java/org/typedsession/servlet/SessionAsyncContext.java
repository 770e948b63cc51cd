package org.typedsession.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/**
 * The container's asynchronous context, with our wrappers where it would give away its own request
 * and response, which the specification wants after a {@code startAsync()} without arguments.
 *
 * <p>Handing our wrappers to {@code startAsync} instead would change where {@code dispatch()}
 * without arguments leads, and there are containers that stumble over wrapped responses there.
 */
final class SessionAsyncContext implements AsyncContext {
  private static final System.Logger LOGGER = System.getLogger(SessionAsyncContext.class.getName());

  private final AsyncContext container;
  private final CommitAwareRequest request;
  private final RequestCommit commit;
  private final RequestLifecycle lifecycle;

  SessionAsyncContext(AsyncContext container, CommitAwareRequest request, RequestCommit commit) {
    this.container = container;
    this.request = request;
    this.commit = commit;
    this.lifecycle = commit.sessions().lifecycle();
  }

  @Override
  public ServletRequest getRequest() {
    return container.hasOriginalRequestAndResponse() ? request : container.getRequest();
  }

  @Override
  public ServletResponse getResponse() {
    return container.hasOriginalRequestAndResponse() ? commit.response() : container.getResponse();
  }

  @Override
  public boolean hasOriginalRequestAndResponse() {
    return container.hasOriginalRequestAndResponse();
  }

  @Override
  public void dispatch() {
    lifecycle.dispatch(container::dispatch);
  }

  @Override
  public void dispatch(String path) {
    lifecycle.dispatch(() -> container.dispatch(path));
  }

  @Override
  public void dispatch(ServletContext context, String path) {
    lifecycle.dispatch(() -> container.dispatch(context, path));
  }

  /** Completing commits. The response is complete in any case, or the client would wait for it. */
  @Override
  public void complete() {
    try {
      commit.response().beforeCommit();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "a session was not stored", e);
      commit.state().refuse(e).sendEmpty(commit.container());
    } finally {
      container.complete();
    }
  }

  @Override
  public void start(Runnable task) {
    container.start(task);
  }

  @Override
  public void addListener(AsyncListener listener) {
    container.addListener(ours(listener));
    lifecycle.cycle().added();
  }

  @Override
  public void addListener(
      AsyncListener listener, ServletRequest supplied, ServletResponse suppliedResponse) {
    container.addListener(ours(listener), supplied, suppliedResponse);
    lifecycle.cycle().added();
  }

  private AsyncListener ours(AsyncListener listener) {
    AsyncCycle cycle = lifecycle.cycle();
    return new ApplicationListener(
        listener,
        given -> new SessionAsyncContext(given, request, commit),
        () -> commit.timeoutTold(cycle));
  }

  @Override
  public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
    return container.createListener(type);
  }

  @Override
  public void setTimeout(long timeout) {
    container.setTimeout(timeout);
  }

  @Override
  public long getTimeout() {
    return container.getTimeout();
  }
}
