package org.typedsession.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.typedsession.SessionCookieValue;
import org.typedsession.SessionId;
import org.typedsession.spi.Placement;
import org.typedsession.spi.SessionCookieGenerator;

/** Gives cookie values that count up, remembers them, and can be set back to give them again. */
public final class SequentialCookieGenerator implements SessionCookieGenerator {
  private final AtomicLong next = new AtomicLong(1);
  private final List<SessionCookieValue> given = new CopyOnWriteArrayList<>();

  /** The cookie value that comes as number {@code number}, counted from 1. */
  public static SessionCookieValue cookieValue(long number) {
    return new SessionCookieValue.Secret("%032d".formatted(number)).behind("AAA");
  }

  /** The id of {@link #cookieValue}. */
  public static SessionId id(long number) {
    return cookieValue(number).id();
  }

  /** Makes {@code number} the next to come. */
  public void continueAt(long number) {
    next.set(number);
  }

  /** All that was given, in order. */
  public List<SessionCookieValue> given() {
    return List.copyOf(given);
  }

  @Override
  public SessionCookieValue next(Placement placement) {
    SessionCookieValue value = cookieValue(next.getAndIncrement());
    given.add(value);
    return value;
  }
}
