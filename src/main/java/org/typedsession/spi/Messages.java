package org.typedsession.spi;

import java.util.List;
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

  /** Error: a cache whose configuration would break a promise. */
  public static String unsafeCache(String cache, List<String> faults) {
    return "TSESS0090: the cache %s is not fit for sessions: %s"
        .formatted(cache, String.join("; ", faults));
  }

  /** WARNING: an optimistic cache of several nodes. */
  public static String conflictsAreLogged(String cache) {
    return ("TSESS0091: the cache %s is optimistic: Infinispan logs every conflict between nodes with"
            + " stack traces, which a client can provoke; mute the categories"
            + " org.infinispan.interceptors.impl.InvocationContextInterceptor,"
            + " org.infinispan.transaction.impl.TransactionCoordinator and"
            + " org.infinispan.remoting.inboundhandler, or use transaction mode NON_DURABLE_XA with"
            + " PESSIMISTIC locking")
        .formatted(cache);
  }
}
