package org.typedsession.management;

import org.jspecify.annotations.Nullable;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** WARNING: a store without an MBean. */
  static String notManaged(String name, @Nullable String reason) {
    return ("TSESS0120: %s cannot be registered with the MBean server, so that it cannot be watched"
            + " there; it works all the same: %s")
        .formatted(name, reason);
  }
}
