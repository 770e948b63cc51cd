package org.typedsession.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionException;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.OpenSession;

/**
 * All sessions of one HTTP request, through all of its dispatches.
 *
 * <p>{@link SessionFilter} makes one for each request and binds it to the thread while the filter
 * is on the stack, where {@link #current} finds it. Sessions are opened when they are first asked
 * for, and stored together at one moment: just before the response is committed. From then on every
 * one of them is sealed, those opened later included.
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
  private final Map<SessionBinding<?>, BoundSession<?>> opened = new LinkedHashMap<>();
  private final RequestLifecycle lifecycle = new RequestLifecycle();
  private final RequestUser user = new RequestUser();
  private final BodyMeter body = new BodyMeter();
  private final RequestObjects objects;
  private final RequestCookies cookies;
  private final RequestLog log;

  private volatile boolean open = true;
  private volatile @Nullable Throwable failure;
  private boolean storing;

  private RequestSessions(RequestLog log) {
    this.log = log;
    this.objects = new RequestObjects(lock, log);
    this.cookies = new RequestCookies(log);
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
      BoundSession<?> known = opened.get(binding);
      if (known == null) {
        known = open(binding);
        opened.put(binding, known);
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
    if (!open) {
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
    if (open) {
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
      if (open) {
        // For the sake of an early save of what a filter has opened.
        tellPrincipal(opened.values());
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

  RequestCookies cookies() {
    return cookies;
  }

  RequestLog log() {
    return log;
  }

  BodyMeter body() {
    return body;
  }

  /** Whether the sessions may still be stored. */
  boolean isOpen() {
    return open;
  }

  /** What kept the sessions from being stored, if something did. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Stores all sessions, sets their cookies, and seals them; to be called before anything that may
   * commit the response. Only the first call does something.
   *
   * <p>If a save failed before and the status is an error, nothing is stored; if that error is a
   * 500, it becomes what the failure is answered with.
   *
   * @param response the container's response
   * @throws RuntimeException if a session could not be stored, for whatever reason; those that were
   *     not stored before are abandoned
   */
  void complete(HttpServletResponse response) {
    complete(response, response.getStatus());
  }

  /**
   * As {@link #complete(HttpServletResponse)}, for a response that is about to get {@code status}.
   *
   * @return the status that it is to get
   */
  int complete(HttpServletResponse response, int status) {
    if (!open) {
      return status;
    }
    lock.lock();
    try {
      // An update function that is run again may write, unwise as that is.
      if (open && !storing) {
        SessionException refusal = refusal(status).orElse(null);
        int answer = status;
        if (refusal == null) {
          store(opened.values(), response);
        } else {
          answer = refuse(refusal, response, status);
        }
        // Not before: another thread that writes to the response has to wait for the cookies.
        open = false;
        return answer;
      }
      return status;
    } finally {
      lock.unlock();
    }
  }

  // The application, or a framework in its place, is answering with an error after a save failed.
  // Another try could store what the client is being told was not.
  private int refuse(SessionException refusal, HttpServletResponse response, int status) {
    failure = refusal;
    giveUp(response);
    if (status != HttpServletResponse.SC_INTERNAL_SERVER_ERROR) {
      return status;
    }
    // What frameworks make of exceptions that nobody has thought of, this one among their causes.
    Refusal answer = Refusal.ofAny(refusal, log);
    cookies.refused();
    answer.mark(response);
    return answer.status();
  }

  private Optional<SessionException> refusal(int status) {
    return status < HttpServletResponse.SC_BAD_REQUEST
        ? Optional.empty()
        : opened.values().stream().flatMap(each -> each.session().refusal().stream()).findFirst();
  }

  /**
   * Stores those sessions whose cookie could not be set any more inside of an include, should the
   * buffer overflow there. They are sealed.
   */
  void beforeInclude(HttpServletResponse response) {
    if (!open) {
      return;
    }
    lock.lock();
    try {
      List<BoundSession<?>> wanting =
          opened.values().stream().filter(BoundSession::wantsCookie).toList();
      // In an include within an include it is too late, but the outer one may yet fit the buffer.
      if (open && !storing && !wanting.isEmpty() && SessionCookieWriter.isAccepted(response)) {
        store(wanting, response);
      }
    } finally {
      lock.unlock();
    }
  }

  private void store(Collection<BoundSession<?>> sessions, HttpServletResponse response) {
    storing = true;
    try {
      tellPrincipal(sessions);
      // A logout neither waits for what may fail nor needs a cookie.
      sessions.stream().filter(BoundSession::isDeleted).forEach(BoundSession::complete);
      List<BoundSession<?>> others = sessions.stream().filter(each -> !each.isDeleted()).toList();
      if (others.stream().anyMatch(BoundSession::wantsCookie)
          && !SessionCookieWriter.isAccepted(response)) {
        throw cookieTooLate();
      }
      others.forEach(BoundSession::complete);
      if (!cookies.write(opened.values(), response)) {
        throw cookieTooLate();
      }
    } catch (RuntimeException | Error e) {
      failure = e;
      giveUp(response);
      throw e;
    } finally {
      storing = false;
    }
  }

  private void tellPrincipal(Collection<BoundSession<?>> sessions) {
    String principal = principal();
    sessions.forEach(each -> each.session().principal(principal));
  }

  private @Nullable String principal() {
    return user.name(lifecycle.request(), isCurrent());
  }

  private IllegalStateException cookieTooLate() {
    log.cookieTooLate();
    return new IllegalStateException(Messages.cookieTooLate());
  }

  /**
   * Drops all changes that are not stored, and seals the sessions. Those that were deleted are
   * ended. Cookies of what the application had saved before are set.
   *
   * @param response the container's response
   */
  void abandon(HttpServletResponse response) {
    lock.lock();
    try {
      if (open) {
        giveUp(response);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * To be called when a listener was told of the timeout of {@code timedOut}. If it was the last
   * and none has completed or dispatched, the sessions are abandoned: before the container commits
   * its error, so that cookies of what was saved can still be set.
   */
  void timeoutTold(AsyncCycle timedOut, HttpServletResponse response) {
    if (timedOut.isTold() && !timedOut.isHandled()) {
      abandon(response);
    }
  }

  private void giveUp(HttpServletResponse response) {
    opened.values().forEach(this::abandon);
    open = false;
    if (!cookies.write(opened.values(), response)) {
      log.savedCookieLost();
    }
  }

  private void abandon(BoundSession<?> session) {
    try {
      session.abandon();
    } catch (RuntimeException e) {
      // The request fails already. Whoever sees that does not learn that the session goes on.
      log.logoutFailed(e);
    }
  }

  /** Sets the cookies once more that were set before, where the container has dropped them. */
  void restoreCookies(HttpServletResponse response) {
    lock.lock();
    try {
      cookies.restore(opened.values(), response);
    } finally {
      lock.unlock();
    }
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
