package org.typedsession.infinispan;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.infinispan.AdvancedCache;
import org.infinispan.container.entries.InternalCacheEntry;
import org.typedsession.SessionId;
import org.typedsession.infinispan.SimulatedCluster.Node;
import org.typedsession.infinispan.entry.EntryFormat;
import org.typedsession.infinispan.entry.StoredEntry;

/** What the owners of an entry have, each by itself. */
public final class Copies {
  private Copies() {}

  /** What each owner of an entry has of it. */
  static Map<Node, Optional<StoredEntry>> of(String key, Collection<Node> nodes) {
    Map<Node, Optional<StoredEntry>> copies = new LinkedHashMap<>();
    for (Node node : nodes) {
      AdvancedCache<String, String> cache = node.cache().cache();
      Object stored = cache.getKeyDataConversion().toStorage(key);
      if (cache
          .getDistributionManager()
          .getCacheTopology()
          .getDistribution(stored)
          .isWriteOwner()) {
        InternalCacheEntry<String, String> entry = cache.getDataContainer().peek(stored);
        copies.put(
            node,
            Optional.ofNullable(entry)
                .map(found -> (String) cache.getValueDataConversion().fromStorage(found.getValue()))
                .map(EntryFormat::decode));
      }
    }
    return copies;
  }

  /**
   * Whether two owners of the entry of an id have different copies of it. What a remap that took no
   * effect has left under its new id does not count: no predecessor leads there.
   */
  static boolean differ(String namespace, SessionId id, Collection<Node> nodes) {
    return of(namespace + id.stored(), nodes).values().stream()
            .map(copy -> copy.filter(entry -> !isLeftOver(namespace, id, entry, nodes)))
            .distinct()
            .count()
        > 1;
  }

  private static boolean isLeftOver(
      String namespace, SessionId id, StoredEntry entry, Collection<Node> nodes) {
    return entry instanceof StoredEntry.Live live
        && live.from() != null
        && of(namespace + live.from().stored(), nodes).values().stream()
            .noneMatch(
                before ->
                    before.orElse(null) instanceof StoredEntry.Moved moved
                        && moved.successor().equals(id));
  }
}
