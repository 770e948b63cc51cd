package org.typedsession.servlet;

import jakarta.servlet.http.HttpServletResponse;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.typedsession.SessionException;
import org.typedsession.servlet.response.BeforeCommit;
import org.typedsession.servlet.response.CommitAwareResponse;
import org.typedsession.servlet.response.Refusal;
import org.typedsession.servlet.response.ResponseCookies;
import org.typedsession.servlet.response.ResponseState;

/**
 * Stores the sessions of a request before its response is committed, or drops what was changed.
 * Each response that the filter wraps has one; whatever comes first in a request closes its
 * sessions.
 *
 * <p>Safe for use by many threads.
 */
final class RequestCommit implements BeforeCommit {
  private final RequestSessions sessions;
  private final ResponseState state;
  private final CommitAwareResponse response;

  private RequestCommit(RequestSessions sessions, HttpServletResponse container) {
    this.sessions = sessions;
    this.state = sessions.response();
    this.response = new CommitAwareResponse(container, state, this);
  }

  private RequestCommit(RequestSessions sessions, CommitAwareResponse response) {
    this.sessions = sessions;
    this.state = sessions.response();
    this.response = response;
  }

  /** The commit of a response that is to be wrapped for the application. */
  static RequestCommit wrapping(HttpServletResponse container, RequestSessions sessions) {
    return new RequestCommit(sessions, container);
  }

  /** The commit of a response that was wrapped before. */
  static RequestCommit of(CommitAwareResponse response, RequestSessions sessions) {
    return new RequestCommit(sessions, response);
  }

  RequestSessions sessions() {
    return sessions;
  }

  /** What is known of the response, through all dispatches. */
  ResponseState state() {
    return state;
  }

  /** The response as the application sees it. */
  CommitAwareResponse response() {
    return response;
  }

  /**
   * The container's response. It has to be asked for anew each time: while an include lasts, Tomcat
   * puts one that takes no headers in its place.
   */
  HttpServletResponse container() {
    return response.container();
  }

  /** As {@link #beforeCommit}, with the status that the response has. */
  void complete() {
    beforeCommit(container().getStatus());
  }

  /**
   * Stores all sessions, sets their cookies, and closes them. Only the first call does something.
   *
   * <p>If a save failed before and the status is an error, nothing is stored; if that error is a
   * 500, it becomes what the failure is answered with.
   *
   * @throws RuntimeException if a session could not be stored, for whatever reason; those that were
   *     not stored before are abandoned
   */
  @Override
  public int beforeCommit(int status) {
    int[] answer = {status};
    sessions.storing(() -> answer[0] = commit(status));
    return answer[0];
  }

  private int commit(int status) {
    SessionException refusal = refusal(status).orElse(null);
    int answer = status;
    if (refusal == null) {
      store(sessions.bound());
    } else {
      answer = refuse(refusal, status);
    }
    // Not before: another thread that writes to the response has to wait for the cookies.
    state.close();
    return answer;
  }

  private Optional<SessionException> refusal(int status) {
    return status < HttpServletResponse.SC_BAD_REQUEST
        ? Optional.empty()
        : sessions.bound().stream().flatMap(each -> each.session().refusal().stream()).findFirst();
  }

  // The application, or a framework in its place, is answering with an error after a save failed.
  // Another try could store what the client is being told was not.
  private int refuse(SessionException refusal, int status) {
    state.fail(refusal);
    giveUp();
    if (status != HttpServletResponse.SC_INTERNAL_SERVER_ERROR) {
      return status;
    }
    // What frameworks make of exceptions that nobody has thought of, this one among their causes.
    Refusal answer = state.refuse(refusal);
    answer.mark(container());
    return answer.status();
  }

  /**
   * Stores those sessions whose cookie could not be set any more inside of an include, should the
   * buffer overflow there. They are closed.
   */
  void beforeInclude() {
    sessions.storing(
        () -> {
          List<BoundSession<?>> wanting =
              sessions.bound().stream().filter(BoundSession::wantsCookie).toList();
          // In an include within an include it is too late, but the outer one may yet fit the
          // buffer.
          if (!wanting.isEmpty() && ResponseCookies.areAccepted(container())) {
            store(wanting);
          }
        });
  }

  private void store(Collection<BoundSession<?>> due) {
    try {
      sessions.tellPrincipal(due);
      // A logout neither waits for what may fail nor needs a cookie.
      due.stream().filter(BoundSession::isDeleted).forEach(BoundSession::complete);
      List<BoundSession<?>> others = due.stream().filter(each -> !each.isDeleted()).toList();
      if (others.stream().anyMatch(BoundSession::wantsCookie)
          && !ResponseCookies.areAccepted(container())) {
        throw cookieTooLate();
      }
      others.forEach(BoundSession::complete);
      if (!setCookies()) {
        throw cookieTooLate();
      }
    } catch (RuntimeException | Error e) {
      state.fail(e);
      try {
        giveUp();
      } catch (RuntimeException refusal) {
        // Why a session was not stored is what the client is told.
        suppress(refusal, e);
      }
      throw e;
    }
  }

  private IllegalStateException cookieTooLate() {
    sessions.log().cookieTooLate();
    return new IllegalStateException(Messages.cookieTooLate());
  }

  /**
   * Drops all changes that are not stored, and closes the sessions. Those that were deleted are
   * ended. Cookies of what the application had saved before are set.
   */
  void abandon() {
    sessions.storing(this::giveUp);
  }

  /**
   * To be called when a listener was told of the timeout of {@code timedOut}. If it was the last
   * and none has completed or dispatched, the sessions are abandoned: before the container commits
   * its error, so that cookies of what was saved can still be set.
   */
  void timeoutTold(AsyncCycle timedOut) {
    if (timedOut.isTold() && !timedOut.isHandled()) {
      abandon();
    }
  }

  private void giveUp() {
    sessions.bound().forEach(this::abandon);
    try {
      if (!setCookies()) {
        sessions.log().savedCookieLost();
      }
    } finally {
      // Not before: another thread that ends the request has to wait for the cookies.
      state.close();
    }
  }

  private void abandon(BoundSession<?> session) {
    try {
      session.abandon();
    } catch (RuntimeException e) {
      // The request fails already. Whoever sees that does not learn that the session goes on.
      sessions.log().logoutFailed(e);
    }
  }

  /**
   * Sets the cookies that are due.
   *
   * @return false if the response does not take them any more, and one of them is more than the
   *     removal of what is dead anyway
   * @throws RuntimeException what the container has against one of them; all others are set
   */
  private boolean setCookies() {
    List<BoundSession<?>> due =
        sessions.bound().stream().filter(BoundSession::isCookieDue).toList();
    if (due.isEmpty()) {
      return true;
    }
    if (!ResponseCookies.areAccepted(container())) {
      return due.stream().allMatch(BoundSession::isRemoval);
    }
    RuntimeException refusal = null;
    for (BoundSession<?> each : due) {
      try {
        each.setCookie(cookie -> state.cookies().set(cookie, container()));
      } catch (RuntimeException e) {
        // What the container has against one cookie must not keep the client from the others.
        if (refusal == null) {
          refusal = e;
        } else {
          suppress(e, refusal);
        }
      }
    }
    if (refusal != null) {
      throw refusal;
    }
    return true;
  }

  // A container may throw the same exception again, and none can be suppressed by itself.
  private static void suppress(Throwable later, Throwable first) {
    if (later != first) {
      first.addSuppressed(later);
    }
  }
}
