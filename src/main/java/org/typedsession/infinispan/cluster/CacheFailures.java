package org.typedsession.infinispan.cluster;

import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;

/** What the failures of a cache are to those who use a store. */
public final class CacheFailures {
  private CacheFailures() {}

  /** Of a write that may have taken effect or not. */
  public static SessionStoreUnavailableException outcomeUnknown(@Nullable RuntimeException cause) {
    return SessionStoreUnavailableException.outcomeUnknown(
        "the cluster changed or the cache failed during a write, and what became of it cannot be told",
        cause);
  }

  /** Of a question, or of a write that was not made. */
  static SessionStoreUnavailableException unavailable(RuntimeException cause) {
    return new SessionStoreUnavailableException(
        "the session cache cannot answer: " + cause.getMessage(), cause);
  }
}
