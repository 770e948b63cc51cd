package org.typedsession.servlet;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.typedsession.spi.LogLimit;
import org.typedsession.spi.Messages;

/**
 * What the filter of one application tells its operator of requests: of each kind of trouble at
 * most one line a minute.
 *
 * <p>Safe for use by many threads.
 */
final class RequestLog {
  private static final System.Logger LOGGER = System.getLogger(RequestLog.class.getName());

  private final LogLimit lateCookies;
  private final LogLimit lostCookies;
  private final LogLimit answers;
  private final LogLimit lostAnswers;
  private final LogLimit endings;
  private final LogLimit logouts;
  private final LogLimit insecureCookies;
  private final AtomicBoolean cacheableCookieTold = new AtomicBoolean();

  /** By a clock that nobody can set: only differences count. */
  RequestLog() {
    this(() -> Instant.EPOCH.plusNanos(System.nanoTime()));
  }

  RequestLog(InstantSource clock) {
    lateCookies = new LogLimit(clock);
    lostCookies = new LogLimit(clock);
    answers = new LogLimit(clock);
    lostAnswers = new LogLimit(clock);
    endings = new LogLimit(clock);
    logouts = new LogLimit(clock);
    insecureCookies = new LogLimit(clock);
  }

  /** A cookie is due that cannot be set, so that a session was not stored. */
  void cookieTooLate() {
    log(lateCookies, System.Logger.Level.ERROR, Messages::cookieTooLate, null);
  }

  /** A session was saved whose cookie cannot be set. */
  void savedCookieLost() {
    log(lostCookies, System.Logger.Level.ERROR, Messages::savedCookieLost, null);
  }

  /** A session was not stored, for a reason that is neither a conflict nor an outage. */
  void answering500(Throwable failure) {
    log(
        answers,
        System.Logger.Level.ERROR,
        count -> Messages.answering500(failure.toString(), count),
        failure);
  }

  /** A session was not stored, and the client cannot be told. */
  void answeredBefore(Throwable failure) {
    log(
        lostAnswers,
        System.Logger.Level.ERROR,
        count -> Messages.answeredBefore(failure.toString(), count),
        failure);
  }

  /** Something that was to run at the end of a request failed. */
  void endingFailed(Throwable failure) {
    log(
        endings,
        System.Logger.Level.WARNING,
        count -> Messages.endingFailed(failure.toString(), count),
        failure);
  }

  /** The application has deleted a session, its request has failed, and the session goes on. */
  void logoutFailed(Throwable failure) {
    log(
        logouts,
        System.Logger.Level.ERROR,
        count -> Messages.logoutFailed(failure.toString(), count),
        failure);
  }

  /** A request came by HTTPS for a session whose cookie is sent over plain HTTP as well. */
  void insecureCookie(String name) {
    log(
        insecureCookies,
        System.Logger.Level.WARNING,
        count -> Messages.insecureCookieOverHttps(name, count),
        null);
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

  private static void log(
      LogLimit limit,
      System.Logger.Level level,
      LongFunction<String> text,
      @Nullable Throwable failure) {
    long count = limit.count();
    if (count > 0) {
      LOGGER.log(level, text.apply(count), failure);
    } else {
      LOGGER.log(System.Logger.Level.DEBUG, () -> text.apply(1), failure);
    }
  }
}
