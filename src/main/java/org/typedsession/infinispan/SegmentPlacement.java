package org.typedsession.infinispan;

import java.util.function.Function;
import java.util.function.Predicate;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.DistributionManager;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.encoding.DataConversion;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionId;

/**
 * Which ids land where they are cheapest: a new session's where this node is the primary owner, a
 * successor's in the segment of its predecessor, so that both keys of a remap have the same owners.
 */
final class SegmentPlacement {
  private final AdvancedCache<String, String> cache;
  private final Function<SessionId, String> keys;

  SegmentPlacement(AdvancedCache<String, String> cache, Function<SessionId, String> keys) {
    this.cache = cache;
    this.keys = keys;
  }

  Predicate<SessionId> preferredIds(@Nullable SessionId predecessor) {
    DistributionManager distribution = cache.getDistributionManager();
    if (distribution == null) {
      return id -> true;
    }
    LocalizedCacheTopology topology = distribution.getCacheTopology();
    if (predecessor != null) {
      int wanted = segment(topology, predecessor);
      return id -> segment(topology, id) == wanted;
    }
    // A node without capacity owns nothing, and would search in vain.
    if (topology
        .getReadConsistentHash()
        .getPrimarySegmentsForOwner(topology.getLocalAddress())
        .isEmpty()) {
      return id -> true;
    }
    return id -> topology.getSegmentDistribution(segment(topology, id)).isPrimary();
  }

  private int segment(LocalizedCacheTopology topology, SessionId id) {
    DataConversion conversion = cache.getKeyDataConversion();
    return topology.getSegment(conversion.toStorage(keys.apply(id)));
  }
}
