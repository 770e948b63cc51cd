package org.typedsession.servlet;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCookieCommand;
import org.typedsession.SessionException;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.spi.RequestSession;

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
  private final Map<SessionBinding<?>, Opened<?>> opened = new LinkedHashMap<>();
  private final Map<Object, Object> objects = new HashMap<>();
  private final List<Runnable> endings = new ArrayList<>();
  private final BodyMeter body = new BodyMeter();
  private final RequestLog log;

  // Null while no dispatch and no asynchronous cycle is under way.
  private volatile @Nullable HttpServletRequest request;
  // The same as the filters of the application pass it on, if they wrap it, and the user whom they
  // gave it then.
  private volatile @Nullable HttpServletRequest passed;
  private volatile @Nullable String passedUser;
  private volatile boolean open = true;
  private volatile boolean async;
  private volatile AsyncCycle cycle = new AsyncCycle();
  private volatile @Nullable Throwable failure;
  private volatile @Nullable Thread dispatching;
  private volatile boolean cookieSet;
  private volatile boolean refused;
  private boolean storing;

  private RequestSessions(RequestLog log) {
    this.log = log;
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
  public <D> RequestSession<D> session(SessionBinding<D> binding) {
    lock.lock();
    try {
      Opened<?> known = opened.get(binding);
      if (known == null) {
        known = open(binding);
        opened.put(binding, known);
      }
      @SuppressWarnings("unchecked") // put under this binding above, or in an earlier call
      RequestSession<D> session = (RequestSession<D>) known.session;
      return session;
    } finally {
      lock.unlock();
    }
  }

  private <D> Opened<D> open(SessionBinding<D> binding) {
    HttpServletRequest current = request;
    if (current == null) {
      throw new IllegalStateException(
          "the request is over; its sessions cannot be opened any more");
    }
    RequestSession<D> session = binding.store().open(cookieValues(binding.cookie(), current));
    // Now already, for the sake of an early save.
    session.principal(principal());
    if (!open) {
      session.abandon();
    }
    return new Opened<>(binding, session);
  }

  private List<String> cookieValues(SessionCookieSettings cookie, HttpServletRequest current) {
    if (!cookie.secure() && current.isSecure()) {
      log.insecureCookie(cookie.name());
    }
    // Somebody on the way may have read it, or put it there.
    if (cookie.secure() && !cookie.acceptedOverHttp() && !current.isSecure()) {
      return List.of();
    }
    return CookieHeader.values(current.getHeaders("Cookie"), cookie.name());
  }

  /**
   * The object that {@link #computeIfAbsent} made for {@code key}; null if there is none. Objects
   * last until the request ends: the place for the beans of a scope.
   */
  public @Nullable Object get(Object key) {
    lock.lock();
    try {
      return objects.get(key);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The object of {@code key}, made now if there is none.
   *
   * @param factory may itself ask for sessions and for objects of other keys
   */
  public <T> T computeIfAbsent(Object key, Supplier<T> factory) {
    lock.lock();
    try {
      @SuppressWarnings("unchecked") // a key has one type; that is the caller's part
      T known = (T) objects.get(key);
      if (known != null) {
        return known;
      }
      T made = factory.get();
      objects.put(key, made);
      return made;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Has {@code action} run when the request ends, last come first served; the objects are forgotten
   * then. An error page runs after the end of its request: it begins with no objects and has an end
   * of its own.
   *
   * @param action what it throws is logged and stops nobody
   */
  public void onEnd(Runnable action) {
    lock.lock();
    try {
      endings.add(action);
    } finally {
      lock.unlock();
    }
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
        && known.request == null;
  }

  /**
   * Lets sessions be opened before the first dispatch.
   *
   * @param arrived the container's request
   */
  void begin(HttpServletRequest arrived) {
    if (request == null && open) {
      request = arrived;
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
      String user = userOf(wrapped);
      passed = wrapped;
      passedUser = Objects.equals(user, userOf(request)) ? null : user;
      if (open) {
        // For the sake of an early save of what a filter has opened.
        String principal = principal();
        opened.values().forEach(each -> each.session.principal(principal));
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
    if (request == null) {
      // Otherwise this goes on with what an asynchronous cycle has left: the same request, which
      // the application may have wrapped.
      request = dispatched;
    }
    if (before != this) {
      // An error page may be dispatched in the middle of what it reports, and starts no new cycle.
      async = false;
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

  /** What kept the sessions from being stored, if something did. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** The current dispatch has started an asynchronous cycle, which goes on after it. */
  void startAsync() {
    cycle = new AsyncCycle();
    async = true;
  }

  /** The asynchronous cycle that was started last. */
  AsyncCycle cycle() {
    return cycle;
  }

  /**
   * Whether the current dispatch has started an asynchronous cycle. The container's own answer is
   * no as soon as another thread has dispatched, and that dispatch still is to come.
   */
  boolean isAsync() {
    return async;
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
    refused();
    answer.mark(response);
    return answer.status();
  }

  private Optional<SessionException> refusal(int status) {
    return status < HttpServletResponse.SC_BAD_REQUEST
        ? Optional.empty()
        : opened.values().stream().flatMap(each -> each.session.refusal().stream()).findFirst();
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
      List<Opened<?>> wanting = opened.values().stream().filter(Opened::wantsCookie).toList();
      // In an include within an include it is too late, but the outer one may yet fit the buffer.
      if (open && !storing && !wanting.isEmpty() && SessionCookieWriter.isAccepted(response)) {
        store(wanting, response);
      }
    } finally {
      lock.unlock();
    }
  }

  private void store(Collection<Opened<?>> sessions, HttpServletResponse response) {
    storing = true;
    try {
      String principal = principal();
      sessions.forEach(each -> each.session.principal(principal));
      // A logout neither waits for what may fail nor needs a cookie.
      sessions.stream().filter(Opened::isDeleted).forEach(Opened::complete);
      List<Opened<?>> others = sessions.stream().filter(each -> !each.isDeleted()).toList();
      if (others.stream().anyMatch(Opened::wantsCookie)
          && !SessionCookieWriter.isAccepted(response)) {
        throw cookieTooLate();
      }
      others.forEach(Opened::complete);
      if (!writeCookies(response)) {
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

  private @Nullable String principal() {
    // A filter may tell the user of whichever thread asks, and this one may serve another request.
    String user = isCurrent() ? userOf(passed) : null;
    if (user == null) {
      // Filters may know it no longer once the request has come back to them.
      user = passedUser;
    }
    return user == null ? userOf(request) : user;
  }

  private static @Nullable String userOf(@Nullable HttpServletRequest asked) {
    Principal user = asked == null ? null : asked.getUserPrincipal();
    return user == null ? null : user.getName();
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
    if (!writeCookies(response)) {
      log.savedCookieLost();
    }
  }

  private void abandon(Opened<?> session) {
    try {
      session.abandon();
    } catch (RuntimeException e) {
      // The request fails already. Whoever sees that does not learn that the session goes on.
      log.logoutFailed(e);
    }
  }

  /**
   * Sets the cookies that are due; false if the response does not take them any more, and one of
   * them is more than the removal of what is dead anyway.
   */
  private boolean writeCookies(HttpServletResponse response) {
    List<Opened<?>> due = opened.values().stream().filter(Opened::isCookieDue).toList();
    if (due.isEmpty()) {
      return true;
    }
    if (!SessionCookieWriter.isAccepted(response)) {
      return due.stream().allMatch(Opened::isRemoval);
    }
    // Before the headers are looked at: what is set from now on is looked at again.
    cookieSet = true;
    shutOutSharedCaches(response);
    due.forEach(each -> each.writeCookie(response));
    return true;
  }

  private void shutOutSharedCaches(HttpServletResponse response) {
    CacheHeaders.shutOut(response).ifPresent(log::cacheableCookie);
  }

  /** To be called when a header of {@code response} was set that says what caches may do. */
  void cachingChanged(HttpServletResponse response) {
    if (refused) {
      CacheHeaders.forbid(response);
    } else if (cookieSet) {
      shutOutSharedCaches(response);
    }
  }

  /** The request is answered with a {@link Refusal}, which no cache may store. */
  void refused() {
    refused = true;
  }

  /** Sets the cookies once more that were set before, where the container has dropped them. */
  void restoreCookies(HttpServletResponse response) {
    lock.lock();
    try {
      cachingChanged(response);
      opened.values().forEach(each -> each.restoreCookie(response));
    } finally {
      lock.unlock();
    }
  }

  /** The request is over, but for an error page: runs what waits for that. */
  void end() {
    lock.lock();
    try {
      request = null;
      passed = null;
      passedUser = null;
      objects.clear();
      for (int last = endings.size() - 1; last >= 0; last--) {
        run(endings.remove(last));
      }
    } finally {
      lock.unlock();
    }
  }

  private void run(Runnable ending) {
    try {
      ending.run();
    } catch (RuntimeException e) {
      log.endingFailed(e);
    }
  }

  /** A session that this request has asked for. */
  private static final class Opened<D> {
    final SessionBinding<D> binding;
    final RequestSession<D> session;
    private SessionCookieCommand command = SessionCookieCommand.DoNothing.INSTANCE;
    private @Nullable Cookie written;

    Opened(SessionBinding<D> binding, RequestSession<D> session) {
      this.binding = binding;
      this.session = session;
    }

    boolean wantsCookie() {
      return written == null && session.wantsCookie();
    }

    boolean isDeleted() {
      return session.isDeleted();
    }

    void complete() {
      command = session.complete();
    }

    void abandon() {
      try {
        command = session.abandon();
      } catch (RuntimeException e) {
        // Sealed by now, so that this only tells what earlier saves have left to do.
        command = session.complete();
        throw e;
      }
    }

    boolean isRemoval() {
      return command instanceof SessionCookieCommand.Delete;
    }

    boolean isCookieDue() {
      return written == null && !(command instanceof SessionCookieCommand.DoNothing);
    }

    void writeCookie(HttpServletResponse response) {
      Cookie cookie =
          command instanceof SessionCookieCommand.Set set
              ? SessionCookieWriter.set(
                  binding.cookie(), set.cookieValue().reveal(), session.timeToLive())
              : SessionCookieWriter.removal(binding.cookie());
      response.addCookie(cookie);
      written = cookie;
    }

    void restoreCookie(HttpServletResponse response) {
      if (written != null) {
        SessionCookieWriter.restore(response, written);
      }
    }
  }
}
