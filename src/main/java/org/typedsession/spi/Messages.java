package org.typedsession.spi;

import org.typedsession.SessionHandle;

/**
 * Every text of level INFO and above that this library logs, and of every deployment error, each
 * with an id that is never reused. Not meant for applications.
 *
 * <p>Ids: 0001 to 0029 definition errors, 0030 to 0049 configuration, 0050 to 0069 sessions, 0070
 * to 0089 requests, 0090 to 0119 Infinispan.
 */
public final class Messages {
  private Messages() {}

  /** WARNING: stored data could not be read. */
  public static String undecodable(SessionHandle handle, String reason) {
    return "TSESS0050: session %s was ended, because its stored data cannot be read: %s"
        .formatted(handle, reason);
  }
}
