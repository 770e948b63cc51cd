package org.typedsession.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.typedsession.servlet.response.Refusal;

/**
 * Gives a request its sessions before it has reached {@link SessionFilter}, or while it is there:
 * for authentication, which containers do in front of all filters.
 *
 * <p>What is changed is stored by the filter. If the container ends the request without coming to
 * it, the changes are dropped; a logout is to be saved at once.
 *
 * <p>Safe for use by many threads.
 */
public final class EarlySessions {
  private final RequestLog log = new RequestLog();

  /** The sessions of a request, the same as the filter finds. */
  public RequestSessions of(HttpServletRequest request) {
    RequestSessions sessions = RequestSessions.of(request, log);
    sessions.begin(request);
    return sessions;
  }

  /**
   * Answers what kept a session from being read as the filter does, if the filter is not there yet
   * to do it.
   *
   * @return false if that is not called for, or too late
   * @throws IOException if the answer cannot be written
   */
  public boolean answer(Throwable failure, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    RequestSessions known = RequestSessions.of(request, log);
    if (known.isCurrent()) {
      return false;
    }
    Optional<Refusal> refusal = known.response().refuseKnown(failure);
    return refusal.isPresent() && refusal.get().send(response);
  }
}
