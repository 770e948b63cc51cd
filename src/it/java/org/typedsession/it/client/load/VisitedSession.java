package org.typedsession.it.client.load;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the browsers know of one session, to notice when it goes missing.
 *
 * <p>Safe for use by many threads.
 */
final class VisitedSession {
  private final String handle;
  private @Nullable HeldCookie current;
  private Duration lastAnswer = Duration.ZERO;
  // Requests under way that may end the current id.
  private int mayEnd;
  // One such request was never answered.
  private boolean doubtful;
  private boolean ended;

  VisitedSession(String handle) {
    this.handle = handle;
  }

  String handle() {
    return handle;
  }

  synchronized void acknowledge(HeldCookie cookie) {
    current = cookie;
  }

  synchronized void acknowledgeEnd() {
    ended = true;
  }

  synchronized void beginWhatMayEnd() {
    mayEnd++;
  }

  synchronized void endWhatMayEnd(boolean answered) {
    mayEnd--;
    doubtful |= !answered;
  }

  /** Whether a server that knows nothing of {@code cookie} has lost something. */
  @SuppressWarnings("ReferenceEquality") // each cookie is issued once
  synchronized boolean mustBeLive(HeldCookie cookie) {
    return current == cookie && mayEnd == 0 && !doubtful && !ended;
  }

  synchronized void answered(Duration at) {
    lastAnswer = at;
  }

  synchronized Duration lastAnswer() {
    return lastAnswer;
  }
}
