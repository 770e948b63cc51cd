package org.typedsession.core;

import java.time.Instant;
import org.typedsession.SessionHandle;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** WARNING: stored data could not be read. */
  static String undecodable(SessionHandle handle, String reason) {
    return "TSESS0050: session %s was ended, because its stored data cannot be read: %s"
        .formatted(handle, reason);
  }

  /** WARNING: dead ids come back. */
  static String replayed(String type, SessionHandle handle) {
    return ("TSESS0051: an id of session %s of %s was presented that had been replaced too long ago"
            + " for that to be an overtaken request: a client has lost a response, or an"
            + " old cookie of it is in other hands; typed-session.replay=end ends such sessions")
        .formatted(handle, type);
  }

  /** ERROR: randomness that is none. */
  static String idsCollide(String type, String reason) {
    return "TSESS0052: a session of %s could not be stored: %s".formatted(type, reason);
  }

  /** WARNING: a store has begun to refuse. */
  static String storeRefuses(String type, String reason) {
    return ("TSESS0053: the store for sessions of %s has begun to refuse: %s; requests that need one"
            + " are answered with 503, and another line tells when it serves again")
        .formatted(type, reason);
  }

  /** INFO: a store that had begun to refuse serves. */
  static String storeServes(String type, Instant first, Instant last, long refused, long unknown) {
    String when = first.equals(last) ? "at " + first : "from %s to %s".formatted(first, last);
    return ("TSESS0054: the store for sessions of %s serves again; it refused operations %s:"
            + " refused=%s, of which writes that may have taken effect=%s")
        .formatted(type, when, refused, unknown);
  }

  /** WARNING: what waited for the end of a session failed. */
  static String watchFailed(String failure) {
    return "TSESS0055: what waited for the end of a session failed: " + failure;
  }

  /** WARNING: a limit on what a store keeps is reached. */
  static String storeFull(String type, String reason) {
    return ("TSESS0057: the store for sessions of %s has refused to keep more: %s; the request was"
            + " answered with 503, and sessions that live are not touched")
        .formatted(type, reason);
  }
}
