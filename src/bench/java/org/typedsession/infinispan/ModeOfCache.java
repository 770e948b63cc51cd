package org.typedsession.infinispan;

import org.infinispan.configuration.cache.Configuration;

/** The caches that the connector's tests run on, for the benchmarks. */
public enum ModeOfCache {
  /** Without transactions, which is the library's own choice. */
  PLAIN,
  /** Pessimistic transactions. */
  PESSIMISTIC,
  /** Optimistic transactions. */
  OPTIMISTIC;

  /** The configuration of such a cache. */
  public Configuration configuration(boolean clustered) {
    return members().configuration(clustered);
  }

  Members.Mode members() {
    return Members.Mode.valueOf(name());
  }
}
