package org.typedsession.infinispan.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.remoting.transport.Address;

/**
 * Keys by which one node can be asked and no other: each is answered by its primary owner.
 *
 * <p>For use by one thread at a time.
 */
final class KeysOfMembers {
  private final AdvancedCache<String, String> cache;
  private final String prefix;
  private final Map<Integer, String> keysOfSegments = new HashMap<>();

  /**
   * @param prefix what the keys begin with
   */
  KeysOfMembers(AdvancedCache<String, String> cache, String prefix) {
    this.cache = cache;
    this.prefix = prefix;
  }

  /** For each other node a key that it is the primary owner of; without those that own nothing. */
  Map<Address, String> ofOthers(LocalizedCacheTopology topology) {
    return of(topology, segment -> true);
  }

  /**
   * As {@link #ofOthers}, and of which this node holds no copy wherever there are such: in a
   * transaction it would ask itself.
   */
  Map<Address, String> heldByOthers(LocalizedCacheTopology topology) {
    Map<Address, String> keys = ofOthers(topology);
    keys.putAll(of(topology, segment -> !topology.isSegmentWriteOwner(segment)));
    return keys;
  }

  private Map<Address, String> of(LocalizedCacheTopology topology, IntPredicate wanted) {
    Map<Address, String> keys = new HashMap<>();
    Set<Address> others = new HashSet<>(List.copyOf(topology.getMembers()));
    others.remove(topology.getLocalAddress());
    int segments = topology.getCurrentCH().getNumSegments();
    for (int segment = 0; segment < segments; segment++) {
      Address primary = topology.getSegmentDistribution(segment).primary();
      if (others.contains(primary) && !keys.containsKey(primary) && wanted.test(segment)) {
        keys.put(primary, keyIn(segment, topology));
      }
    }
    return keys;
  }

  private String keyIn(int segment, LocalizedCacheTopology topology) {
    return keysOfSegments.computeIfAbsent(
        segment,
        wanted -> {
          int number = 0;
          while (segmentOf(prefix + number, topology) != wanted) {
            number++;
          }
          return prefix + number;
        });
  }

  private int segmentOf(String key, LocalizedCacheTopology topology) {
    return topology.getSegment(cache.getKeyDataConversion().toStorage(key));
  }
}
