package org.typedsession.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.servlet.response.ResponseState;
import org.typedsession.spi.OpenSession;

/**
 * All sessions of one HTTP request, through all of its dispatches.
 *
 * <p>{@link SessionFilter} makes one for each request and binds it to the thread while the filter
 * is on the stack, where {@link #current} finds it. Sessions are opened when they are first asked
 * for, and stored together at one moment: just before the response is committed. From then on every
 * one of them is closed, those opened later included.
 *
 * <p>Each session is stored in one atomic step of its own. If the second of two is refused, the
 * first stays stored, and its cookie reaches the client.
 *
 * <p>Safe for use by many threads.
 */
public final class RequestSessions {
  private static final String ATTRIBUTE = RequestSessions.class.getName();
  private static final ThreadLocal<RequestSessions> CURRENT = new ThreadLocal<>();

  // Not a monitor: it is held while the store is asked, and would pin a virtual thread.
  private final Lock lock = new ReentrantLock();
  private final Map<SessionBinding<?>, BoundSession<?>> bound = new LinkedHashMap<>();
  private final RequestLifecycle lifecycle = new RequestLifecycle();
  private final RequestUser user = new RequestUser();
  private final RequestObjects objects;
  private final RequestCookies cookies;
  private final ResponseState response;
  private final RequestLog log;

  private boolean storing;

  private RequestSessions(RequestLog log) {
    this.log = log;
    this.objects = new RequestObjects(lock, log);
    this.cookies = new RequestCookies(log);
    this.response = new ResponseState(log::answering500, log::cacheableCookie);
  }

  /** The sessions of the request that this thread serves; empty outside of the filter. */
  public static Optional<RequestSessions> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /**
   * The session of one type. Read from the store when it is asked for first; always the same object
   * in one request.
   *
   * @throws SessionStoreUnavailableException if the store cannot answer; the next call tries again
   * @throws IllegalStateException if the session was not opened while the request lasted
   */
  public <D> OpenSession<D> session(SessionBinding<D> binding) {
    lock.lock();
    try {
      BoundSession<?> known = bound.get(binding);
      if (known == null) {
        known = open(binding);
        bound.put(binding, known);
      }
      @SuppressWarnings("unchecked") // put under this binding above, or in an earlier call
      OpenSession<D> session = (OpenSession<D>) known.session();
      return session;
    } finally {
      lock.unlock();
    }
  }

  private <D> BoundSession<D> open(SessionBinding<D> binding) {
    HttpServletRequest current = lifecycle.request();
    if (current == null) {
      throw new IllegalStateException(
          "the request is over; its sessions cannot be opened any more");
    }
    OpenSession<D> session = binding.store().open(cookies.values(binding.cookie(), current));
    // Now already, for the sake of an early save.
    session.principal(principal());
    if (!response.isOpen()) {
      session.abandon();
    }
    return new BoundSession<>(binding, session);
  }

  /**
   * The object that {@link #computeIfAbsent} made for {@code key}; null if there is none. Objects
   * last until the request ends: the place for the beans of a scope.
   */
  public @Nullable Object get(Object key) {
    return objects.get(key);
  }

  /**
   * The object of {@code key}, made now if there is none.
   *
   * @param factory may itself ask for sessions and for objects of other keys
   */
  public <T> T computeIfAbsent(Object key, Supplier<T> factory) {
    return objects.computeIfAbsent(key, factory);
  }

  /**
   * Has {@code action} run when the request ends, last come first served; the objects are forgotten
   * then. An error page runs after the end of its request: it begins with no objects and has an end
   * of its own.
   *
   * @param action what it throws is logged and stops nobody
   */
  public void onEnd(Runnable action) {
    objects.onEnd(action);
  }

  /**
   * The sessions of {@code request}, which carries them through its dispatches.
   *
   * @param log where they report
   */
  static RequestSessions of(HttpServletRequest request, RequestLog log) {
    if (request.getAttribute(ATTRIBUTE) instanceof RequestSessions known) {
      return known;
    }
    RequestSessions sessions = new RequestSessions(log);
    request.setAttribute(ATTRIBUTE, sessions);
    return sessions;
  }

  /** Whether {@code request} has had sessions, and is over. */
  static boolean isOver(ServletRequest request) {
    return request.getAttribute(ATTRIBUTE) instanceof RequestSessions known
        && known.lifecycle.request() == null;
  }

  /**
   * Lets sessions be opened before the first dispatch.
   *
   * @param arrived the container's request
   */
  void begin(HttpServletRequest arrived) {
    if (response.isOpen()) {
      lifecycle.begin(arrived);
    }
  }

  /**
   * Tells of the request as the filters of the application pass it on: who the user is, is theirs
   * to say.
   *
   * @param wrapped around the container's request
   */
  void passed(HttpServletRequest wrapped) {
    lock.lock();
    try {
      user.passed(wrapped, lifecycle.request());
      if (response.isOpen()) {
        // For the sake of an early save of what a filter has opened.
        tellPrincipal(bound.values());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether this thread serves this request already. */
  boolean isCurrent() {
    return CURRENT.get() == this;
  }

  /**
   * Begins a dispatch on this thread.
   *
   * @param dispatched the container's request
   * @return what to hand to {@link #leave}
   */
  @Nullable RequestSessions enter(HttpServletRequest dispatched) {
    RequestSessions before = CURRENT.get();
    lifecycle.begin(dispatched);
    if (before != this) {
      // An error page may be dispatched in the middle of what it reports, and starts no new cycle.
      lifecycle.forgetAsync();
    }
    CURRENT.set(this);
    return before;
  }

  /**
   * Ends a dispatch on this thread, and the request if that was all of it.
   *
   * @param before what {@link #enter} gave
   * @param goesOn whether an asynchronous cycle goes on with the request
   */
  void leave(@Nullable RequestSessions before, boolean goesOn) {
    if (before == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
    if (before != this && !goesOn) {
      end();
    }
  }

  RequestLifecycle lifecycle() {
    return lifecycle;
  }

  RequestLog log() {
    return log;
  }

  /** What is known of the response, through all dispatches. */
  ResponseState response() {
    return response;
  }

  /**
   * Has {@code action} store or drop what was changed, while nobody else does. It does not run if
   * the sessions are closed, or if this thread is storing them already: an update function that is
   * run again may write, unwise as that is.
   */
  void storing(Runnable action) {
    if (!response.isOpen()) {
      return;
    }
    lock.lock();
    try {
      if (response.isOpen() && !storing) {
        storing = true;
        try {
          action.run();
        } finally {
          storing = false;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The sessions that the request has asked for; to be used while storing. */
  Collection<BoundSession<?>> bound() {
    return bound.values();
  }

  /** Tells {@code sessions} who the user is. */
  void tellPrincipal(Collection<BoundSession<?>> sessions) {
    String principal = principal();
    sessions.forEach(each -> each.session().principal(principal));
  }

  private @Nullable String principal() {
    return user.name(lifecycle.request(), isCurrent());
  }

  /** The request is over, but for an error page: runs what waits for that. */
  void end() {
    lock.lock();
    try {
      lifecycle.end();
      user.forget();
      objects.end();
    } finally {
      lock.unlock();
    }
  }
}
