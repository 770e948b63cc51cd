package org.typedsession.servlet.response;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the response of one request. Its dispatches may each wrap the response anew, and
 * share one body, one set of cookies and one outcome.
 *
 * <p>Safe for use by many threads.
 */
public final class ResponseState {
  private final BodyMeter body = new BodyMeter();
  private final ResponseCookies cookies;
  private final Consumer<Throwable> unexpected;

  private volatile boolean open = true;
  private volatile @Nullable Throwable failure;

  /**
   * The state of a response that nothing is written to yet.
   *
   * @param unexpected receives each failure that is answered with 500
   * @param overruled receives each header that would have let a shared cache store our cookie
   */
  public ResponseState(Consumer<Throwable> unexpected, Consumer<String> overruled) {
    this.unexpected = unexpected;
    this.cookies = new ResponseCookies(overruled);
  }

  /** Whether something may still be stored. */
  public boolean isOpen() {
    return open;
  }

  /** Nothing is stored any more. */
  public void close() {
    open = false;
  }

  /** What kept sessions from being stored, if something did. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /** From now on the response cannot become a success. */
  public void fail(Throwable reason) {
    failure = reason;
  }

  /** The cookies that were set, and what is said to caches. */
  public ResponseCookies cookies() {
    return cookies;
  }

  /** The answer to anything that kept a session from being stored. No cache may store it. */
  public Refusal refuse(Throwable reason) {
    cookies.refused();
    return Refusal.ofAny(reason, unexpected);
  }

  /**
   * The answer to a failure that sessions are known to have, which applications may have wrapped.
   * If there is one, no cache may store it.
   *
   * @return empty for anything else, which is the application's
   */
  public Optional<Refusal> refuseKnown(Throwable reason) {
    Optional<Refusal> refusal = Refusal.of(reason);
    if (refusal.isPresent()) {
      cookies.refused();
    }
    return refusal;
  }

  BodyMeter body() {
    return body;
  }
}
