package org.typedsession.servlet;

import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.typedsession.servlet.response.CommitAwareResponse;
import org.typedsession.servlet.response.Refusal;

/**
 * Gives each request its {@link RequestSessions} and stores them before the response is committed.
 *
 * <p>{@link SessionFilterInitializer} registers it, in front of all other filters. An application
 * may do so itself, with {@link #map}.
 *
 * <p>What was changed is stored when the application returns or commits the response, whichever is
 * first, and dropped when it throws, but for the end of a session that it has deleted. A lost race
 * is answered with 409, and a store that cannot answer with 503 and Retry-After, whether the
 * exception comes from here or passes through, also as the cause of another. The client's cookie is
 * then left as it is. A request that uses no session costs no store operation, and neither its body
 * nor its parameters are touched.
 */
public final class SessionFilter implements Filter {
  private static final System.Logger LOGGER = System.getLogger(SessionFilter.class.getName());

  private final RequestLog log = new RequestLog();
  private @Nullable SessionBindings bindings;
  private @Nullable WebContext context;
  private RefusalPage page = RefusalPage.NONE;

  /** For containers, which inject the rest. */
  public SessionFilter() {}

  /**
   * For registration by hand.
   *
   * @param bindings what to serve
   */
  public SessionFilter(SessionBindings bindings) {
    this.bindings = bindings;
  }

  /** For containers. */
  @Inject
  void bindings(SessionBindings injected) {
    this.bindings = injected;
  }

  /**
   * Maps the filter to all requests, in all types of their dispatches, with asynchronous support.
   *
   * @param registration of this filter
   * @param last whether it comes behind the filters that are mapped so far. Those in front of it
   *     can use no session
   */
  public static void map(FilterRegistration.Dynamic registration, boolean last) {
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), last, "/*");
    // A forward to a servlet by its name has no URL to match.
    registration.addMappingForServletNames(EnumSet.of(DispatcherType.FORWARD), last, "*");
  }

  /**
   * Starts the stores.
   *
   * @throws ServletException if nothing was injected
   * @throws IllegalArgumentException if two types of session share a cookie
   * @throws RuntimeException if the application cannot be served as it is configured
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    if (bindings == null) {
      throw new ServletException(Messages.filterWithoutBindings());
    }
    context = WebContext.of(config.getServletContext(), config.getFilterName());
    page = RefusalPage.of(config.getServletContext());
    List<SessionBinding<?>> started = bindings.start(context);
    Set<String> names = new HashSet<>();
    for (SessionBinding<?> binding : started) {
      if (!names.add(binding.cookie().name())) {
        throw new IllegalArgumentException(Messages.cookieNameTwice(binding.cookie().name()));
      }
    }
  }

  /** Lets another deployment have this one's place, before CDI ends. */
  @Override
  public void destroy() {
    if (context != null) {
      SessionStarter.stop(bindings, context);
    }
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse httpResponse)
        || isIncluded(http)) {
      chain.doFilter(request, response);
      return;
    }
    RequestSessions sessions = RequestSessions.of(http, log);
    CommitAwareResponse known = CommitAwareResponse.in(response);
    if (known != null && sessions.isCurrent()) {
      // The filter is on the stack already.
      boolean forward = request.getDispatcherType() == DispatcherType.FORWARD;
      chain.doFilter(request, response);
      if (forward && !isAsync(http, sessions)) {
        // A forward commits on its return. Most containers close our stream for that; others shut
        // the response below it, and this is the last moment before.
        known.beforeCommit();
      }
    } else if (known != null) {
      // An asynchronous dispatch with the request and response that the application supplied.
      dispatch(http, httpResponse, RequestCommit.of(known, sessions), chain);
    } else {
      RequestCommit commit = RequestCommit.wrapping(httpResponse, sessions);
      dispatch(new CommitAwareRequest(http, commit), commit.response(), commit, chain);
    }
  }

  /**
   * Whether this is an include, which is no beginning and no end of anything. One that follows the
   * request is an error page, though, which Payara adds to a committed response.
   */
  private static boolean isIncluded(HttpServletRequest request) {
    return request.getDispatcherType() == DispatcherType.INCLUDE
        && !RequestSessions.isOver(request);
  }

  private void dispatch(
      HttpServletRequest request,
      HttpServletResponse outer,
      RequestCommit commit,
      FilterChain chain)
      throws IOException, ServletException {
    RequestSessions sessions = commit.sessions();
    RequestSessions before = sessions.enter(request);
    try {
      // An error page begins with a response that its container may have wiped.
      commit.state().cookies().restore(commit.container());
      chain.doFilter(request, outer);
      if (!isAsync(request, sessions)) {
        finish(request, commit);
      }
    } catch (Throwable failure) {
      commit.abandon();
      if (!answer(failure, request, commit)) {
        throw failure;
      }
    } finally {
      sessions.leave(before, isAsync(request, sessions));
    }
  }

  private static boolean isAsync(HttpServletRequest request, RequestSessions sessions) {
    // The second for those who went around our wrapper.
    return sessions.lifecycle().isAsync() || request.isAsyncStarted();
  }

  private void finish(HttpServletRequest request, RequestCommit commit) throws IOException {
    commit.complete();
    Optional<Throwable> swallowed = commit.state().failure();
    // An application that has seen the exception may have chosen an error status of its own.
    if (swallowed.isPresent()
        && commit.container().getStatus() < HttpServletResponse.SC_BAD_REQUEST) {
      page.send(commit.state().refuse(swallowed.get()), request, commit.container());
    }
  }

  private boolean answer(Throwable failure, HttpServletRequest request, RequestCommit commit)
      throws IOException {
    Refusal refusal = commit.state().refuseKnown(failure).orElse(null);
    if (refusal == null) {
      return false;
    }
    HttpServletResponse response = commit.container();
    if (isAsync(request, commit.sessions())) {
      // The container would wait for somebody to complete what the application has started.
      boolean answered = refusal.sendEmpty(response);
      try {
        request.getAsyncContext().complete();
      } catch (IllegalStateException e) {
        LOGGER.log(System.Logger.Level.DEBUG, "the application has ended the request already", e);
      }
      return answered;
    }
    // Jersey sends an error and throws what it was for as well; of that, a container makes a 500.
    return page.send(refusal, request, response) || response.getStatus() == refusal.status();
  }
}
