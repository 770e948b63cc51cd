package org.typedsession.infinispan;

import java.util.List;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** Error: a cache whose configuration would break a promise. */
  static String unsafeCache(String cache, List<String> faults) {
    return "TSESS0090: the cache %s is not fit for sessions: %s"
        .formatted(cache, String.join("; ", faults));
  }

  /** WARNING: an optimistic cache of several nodes. */
  static String conflictsAreLogged(String cache) {
    return ("TSESS0091: the cache %s is optimistic: Infinispan logs every conflict between nodes with"
            + " stack traces, which a client can provoke; mute the categories"
            + " org.infinispan.interceptors.impl.InvocationContextInterceptor,"
            + " org.infinispan.transaction.impl.TransactionCoordinator and"
            + " org.infinispan.remoting.inboundhandler, or use a cache without transactions")
        .formatted(cache);
  }

  /** WARNING: a transactional cache of several nodes. */
  static String transactionsMayFork(String cache) {
    return ("TSESS0092: the cache %s has pessimistic transactions: when a node dies or the network"
            + " splits in the middle of a commit, Infinispan may apply half of it, and a session may"
            + " be left with two live ids; a cache without transactions (transaction mode NONE) has"
            + " no such gap")
        .formatted(cache);
  }
}
