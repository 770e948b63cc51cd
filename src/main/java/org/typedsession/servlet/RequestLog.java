package org.typedsession.servlet;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.typedsession.log.RateLimitedLog;
import org.typedsession.log.SharedMessages;

/**
 * What the filter of one application tells its operator of requests: of each kind of trouble at
 * most one line a minute.
 *
 * <p>Safe for use by many threads.
 */
final class RequestLog {
  private static final System.Logger LOGGER = System.getLogger(RequestLog.class.getName());

  private final RateLimitedLog lateCookies;
  private final RateLimitedLog lostCookies;
  private final RateLimitedLog answers;
  private final RateLimitedLog lostAnswers;
  private final RateLimitedLog endings;
  private final RateLimitedLog logouts;
  private final RateLimitedLog insecureCookies;
  private final AtomicBoolean cacheableCookieTold = new AtomicBoolean();

  RequestLog() {
    this(RateLimitedLog.MONOTONIC);
  }

  RequestLog(InstantSource clock) {
    lateCookies = new RateLimitedLog(LOGGER, System.Logger.Level.ERROR, clock);
    lostCookies = new RateLimitedLog(LOGGER, System.Logger.Level.ERROR, clock);
    answers = new RateLimitedLog(LOGGER, System.Logger.Level.ERROR, clock);
    lostAnswers = new RateLimitedLog(LOGGER, System.Logger.Level.ERROR, clock);
    endings = new RateLimitedLog(LOGGER, System.Logger.Level.WARNING, clock);
    logouts = new RateLimitedLog(LOGGER, System.Logger.Level.ERROR, clock);
    insecureCookies = new RateLimitedLog(LOGGER, System.Logger.Level.WARNING, clock);
  }

  /** A cookie is due that cannot be set, so that a session was not stored. */
  void cookieTooLate() {
    lateCookies.log(Messages::cookieTooLate);
  }

  /** A session was saved whose cookie cannot be set. */
  void savedCookieLost() {
    lostCookies.log(Messages::savedCookieLost);
  }

  /** A session was not stored, for a reason that is neither a conflict nor an outage. */
  void answering500(Throwable failure) {
    answers.log(() -> SharedMessages.answering500(failure.toString()), failure);
  }

  /** A session was not stored, and the client cannot be told. */
  void answeredBefore(Throwable failure) {
    lostAnswers.log(() -> Messages.answeredBefore(failure.toString()), failure);
  }

  /** Something that was to run at the end of a request failed. */
  void endingFailed(Throwable failure) {
    endings.log(() -> Messages.endingFailed(failure.toString()), failure);
  }

  /** The application has deleted a session, its request has failed, and the session goes on. */
  void logoutFailed(Throwable failure) {
    logouts.log(() -> Messages.logoutFailed(failure.toString()), failure);
  }

  /** A request came by HTTPS for a session whose cookie is sent over plain HTTP as well. */
  void insecureCookie(String name) {
    insecureCookies.log(() -> Messages.insecureCookieOverHttps(name));
  }

  /**
   * An answer with a cookie of ours would have been stored by shared caches. Told once: it is the
   * application that has to change.
   *
   * @param header what would have let them
   */
  void cacheableCookie(String header) {
    System.Logger.Level level =
        cacheableCookieTold.compareAndSet(false, true)
            ? System.Logger.Level.WARNING
            : System.Logger.Level.DEBUG;
    LOGGER.log(level, () -> Messages.cacheableCookie(header));
  }
}
