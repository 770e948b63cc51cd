package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.Objects;

/** What tests of other packages ask of the watch beside a cache. */
public final class Watches {
  /** For how long an entry is taken for recent. */
  public static final Duration RECENT = CopyRepair.RECENT;

  /** The repair of copies on one node. */
  public interface Repair extends AutoCloseable {
    @Override
    void close();
  }

  private Watches() {}

  /** Whether the cache is whole, and nothing of it is on its way. */
  public static boolean isAtRest(ClusterWatch watch) {
    return watch.guard().isAtRest();
  }

  /**
   * Has the copies of all entries brought together.
   *
   * @return whether that was possible
   */
  public static boolean repairEverything(ClusterWatch watch) {
    return Objects.requireNonNull(watch.copyRepair()).runOnEverything();
  }

  /** Ends the repair of copies. */
  public static void endRepair(ClusterWatch watch) {
    Objects.requireNonNull(watch.copyRepair()).close();
  }
}
