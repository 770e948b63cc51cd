package org.typedsession.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The request as the application sees it: keeps the ways that lead around the response known. */
final class CommitAwareRequest extends HttpServletRequestWrapper {
  private final RequestCommit commit;
  private final RequestLifecycle lifecycle;

  CommitAwareRequest(HttpServletRequest container, RequestCommit commit) {
    super(container);
    this.commit = commit;
    this.lifecycle = commit.sessions().lifecycle();
  }

  @Override
  public AsyncContext startAsync() {
    return started(super.startAsync());
  }

  @Override
  public AsyncContext startAsync(ServletRequest supplied, ServletResponse suppliedResponse) {
    return started(super.startAsync(supplied, suppliedResponse));
  }

  private AsyncContext started(AsyncContext container) {
    lifecycle.startAsync();
    // Each cycle begins without listeners. Ours is told of a response that is none of HTTP, because
    // GlassFish 8 gives an HTTP response the status 200 before it tells a listener of anything.
    container.addListener(
        new SessionAsyncListener(commit), this, new ServletResponseWrapper(commit.response()));
    lifecycle.cycle().added();
    return new SessionAsyncContext(container, this, commit);
  }

  @Override
  public AsyncContext getAsyncContext() {
    return new SessionAsyncContext(super.getAsyncContext(), this, commit);
  }

  @Override
  public <T extends HttpUpgradeHandler> T upgrade(Class<T> handler)
      throws IOException, ServletException {
    commit.response().beforeCommit();
    return super.upgrade(handler);
  }

  @Override
  public @Nullable RequestDispatcher getRequestDispatcher(String path) {
    RequestDispatcher container = super.getRequestDispatcher(path);
    // Payara casts what it gets for its own dispatch to its own class.
    return container == null || lifecycle.isDispatching() ? container : new Dispatcher(container);
  }

  private final class Dispatcher implements RequestDispatcher {
    private final RequestDispatcher container;

    Dispatcher(RequestDispatcher container) {
      this.container = container;
    }

    @Override
    public void forward(ServletRequest forwarded, ServletResponse forwardedResponse)
        throws ServletException, IOException {
      container.forward(forwarded, forwardedResponse);
    }

    @Override
    public void include(ServletRequest included, ServletResponse includedResponse)
        throws ServletException, IOException {
      commit.beforeInclude();
      container.include(included, includedResponse);
    }
  }
}
