package org.typedsession.infinispan;

import java.util.LinkedHashMap;
import java.util.Map;
import org.typedsession.SessionId;

/**
 * The tombstones that this node has brought to all of their owners, as far as it remembers: of so
 * many the latest. Nothing replaces a tombstone, so that is true of one for good.
 *
 * <p>Safe for use by many threads.
 */
final class ConfirmedTombstones {
  private static final int MOST = 10_000;

  // Guarded by this.
  private final Map<SessionId, Boolean> ids =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, Boolean> eldest) {
          return size() > MOST;
        }
      };

  synchronized boolean contains(SessionId id) {
    return ids.containsKey(id);
  }

  synchronized void add(SessionId id) {
    ids.put(id, true);
  }
}
