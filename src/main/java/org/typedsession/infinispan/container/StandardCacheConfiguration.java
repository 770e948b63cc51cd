package org.typedsession.infinispan.container;

import java.time.Duration;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.CacheMode;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.conflict.MergePolicy;
import org.infinispan.partitionhandling.PartitionHandling;

/**
 * The cache that this library defines where nobody else has. Without transactions: those of
 * Infinispan are not atomic when the network splits or a node dies in their commit, and single
 * writes are.
 */
public final class StandardCacheConfiguration {
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);
  // Below the failure detection of the cluster, so that a write ends before it is resolved.
  private static final Duration REMOTE_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REAPER_INTERVAL = Duration.ofMinutes(1);

  private StandardCacheConfiguration() {}

  /**
   * The configuration.
   *
   * @param clustered whether the container has other nodes to reach
   * @param servesWhenSplit whether both sides of a split go on
   */
  public static Configuration standard(boolean clustered, boolean servesWhenSplit) {
    ConfigurationBuilder builder = new ConfigurationBuilder();
    builder
        .clustering()
        .cacheMode(clustered ? CacheMode.DIST_SYNC : CacheMode.LOCAL)
        .locking()
        .lockAcquisitionTimeout(LOCK_TIMEOUT.toMillis());
    builder.expiration().wakeUpInterval(REAPER_INTERVAL.toMillis());
    // WildFly's container takes no other; keys and values are strings on the heap.
    builder.encoding().mediaType(MediaType.APPLICATION_OBJECT_TYPE);
    if (clustered) {
      builder
          .clustering()
          .remoteTimeout(REMOTE_TIMEOUT.toMillis())
          .hash()
          .numOwners(2)
          .partitionHandling()
          .whenSplit(
              servesWhenSplit
                  ? PartitionHandling.ALLOW_READ_WRITES
                  : PartitionHandling.DENY_READ_WRITES)
          // Otherwise the smaller side's entries are thrown away when the parts meet again.
          .mergePolicy(servesWhenSplit ? MergePolicy.PREFERRED_NON_NULL : MergePolicy.NONE);
    }
    return builder.build();
  }
}
