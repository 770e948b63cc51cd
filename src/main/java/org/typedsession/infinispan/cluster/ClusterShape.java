package org.typedsession.infinispan.cluster;

import java.util.Optional;
import org.infinispan.AdvancedCache;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.ClusteringConfiguration;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.distribution.DistributionManager;
import org.infinispan.distribution.ch.ConsistentHash;
import org.infinispan.distribution.ch.impl.DefaultConsistentHash;
import org.infinispan.distribution.ch.impl.ReplicatedConsistentHash;

/**
 * Whether the cluster shares out its entries as this node's own configuration of the cache says.
 *
 * <p>The first member of a cache decides for all how many segments there are and how many owners
 * each has. A node whose configuration says something else is let in, and looks for entries in the
 * wrong places: it takes sessions of others for unknown, which looks like a logout.
 *
 * <p>Safe for use by many threads.
 */
final class ClusterShape {
  private final AdvancedCache<?, ?> cache;
  private final Configuration configuration;

  ClusterShape(AdvancedCache<?, ?> cache) {
    this.cache = cache;
    this.configuration = cache.getCacheConfiguration();
  }

  /** What differs, with both sides of it; empty while nothing does. */
  Optional<String> difference() {
    DistributionManager distribution = cache.getDistributionManager();
    if (distribution == null) {
      return Optional.empty();
    }
    // Null before the node has joined.
    ConsistentHash current = distribution.getCacheTopology().getCurrentCH();
    return current == null || fits(configuration, current)
        ? Optional.empty()
        : Optional.of(
            "this node's configuration of the cache %s has %s, and its cluster has %s"
                .formatted(cache.getName(), own(configuration), of(current)));
  }

  /**
   * @param current how the cluster shares out its entries
   */
  static boolean fits(Configuration configuration, ConsistentHash current) {
    ClusteringConfiguration clustering = configuration.clustering();
    if (current.getNumSegments() != clustering.hash().numSegments()) {
      return false;
    }
    if (current instanceof DefaultConsistentHash distributed) {
      return !clustering.cacheMode().isReplicated()
          && distributed.getNumOwners() == clustering.hash().numOwners();
    }
    return !(current instanceof ReplicatedConsistentHash) || clustering.cacheMode().isReplicated();
  }

  private static String own(Configuration configuration) {
    CacheMode mode = configuration.clustering().cacheMode();
    int segments = configuration.clustering().hash().numSegments();
    return mode.isReplicated()
        ? replicated(segments)
        : distributed(segments, configuration.clustering().hash().numOwners());
  }

  private static String of(ConsistentHash hash) {
    return hash instanceof DefaultConsistentHash distributed
        ? distributed(hash.getNumSegments(), distributed.getNumOwners())
        : replicated(hash.getNumSegments());
  }

  private static String replicated(int segments) {
    return segments + " segments, replicated";
  }

  private static String distributed(int segments, int owners) {
    return "%s segments with %s owners each, distributed".formatted(segments, owners);
  }
}
