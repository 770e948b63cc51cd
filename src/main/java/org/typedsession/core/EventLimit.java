package org.typedsession.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.typedsession.SessionHandle;

/**
 * Keeps clients from bringing about any number of events by presenting the same ids again: each
 * session gets one a {@link #INTERVAL}, and all together {@link #MOST_SESSIONS}.
 *
 * <p>Safe for use by many threads.
 */
final class EventLimit {
  static final Duration INTERVAL = Duration.ofMinutes(1);
  // Less than what may wait for observers, so that these events never push out others.
  static final int MOST_SESSIONS = 500;

  private final InstantSource clock;
  // Guarded by this.
  private final Map<SessionHandle, Instant> told = new HashMap<>();

  EventLimit(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether an event of this session may be told now. */
  synchronized boolean admits(SessionHandle session) {
    Instant now = clock.instant();
    Instant last = told.get(session);
    if (last != null && !isOver(last, now)) {
      return false;
    }
    if (told.size() >= MOST_SESSIONS) {
      told.values().removeIf(at -> isOver(at, now));
    }
    if (told.size() >= MOST_SESSIONS && !told.containsKey(session)) {
      return false;
    }
    told.put(session, now);
    return true;
  }

  // Both ways: a clock that was set back must not silence anybody until it has caught up.
  private static boolean isOver(Instant at, Instant now) {
    return Duration.between(at, now).abs().compareTo(INTERVAL) >= 0;
  }
}
