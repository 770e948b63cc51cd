package org.typedsession.infinispan;

import java.util.LinkedHashMap;
import java.util.Map;
import org.typedsession.SessionId;

/**
 * The tombstones that this node has brought to all of their owners, as far as it remembers: of so
 * many the latest. Nothing replaces a tombstone that is on all owners, so that is true of one for
 * good; of another tombstone of the same id, which a fault has taken away, it says nothing.
 *
 * <p>Safe for use by many threads.
 */
final class ConfirmedTombstones {
  private static final int MOST = 10_000;

  // Guarded by this.
  private final Map<SessionId, String> tombstones =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionId, String> eldest) {
          return size() > MOST;
        }
      };

  synchronized boolean contains(SessionId id, String tombstone) {
    return tombstone.equals(tombstones.get(id));
  }

  synchronized void add(SessionId id, String tombstone) {
    tombstones.put(id, tombstone);
  }
}
