package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** INFO, or WARNING if there were any: what a split that both sides served left behind. */
  static String forksEnded(String store, int sessions, int united, int ended) {
    return ("TSESS0094: the cluster was split and has met again; of %2$s sessions in store %1$s, %3$s"
            + " had several ids, of which this node left one, and %4$s were ended on one side only,"
            + " and are now")
        .formatted(store, sessions, united, ended);
  }

  /** WARNING: what a split left behind could not be looked at. */
  static String forksLeft(String store) {
    return ("TSESS0095: the cluster was split and has met again, but store %s cannot be looked"
            + " through for sessions with several ids; this node goes on trying")
        .formatted(store);
  }

  /** INFO: what a lost member may have left on some of its owners only was brought to all. */
  static String copiesRepaired(String cache, long entries) {
    return ("TSESS0096: the cluster of the cache %s lost a member or met one again; the %s entries"
            + " that this node is the primary owner of and that were written shortly before were"
            + " written again, so that no copy of them differs")
        .formatted(cache, entries);
  }

  /** WARNING: copies may differ, and could not be brought together. */
  static String copiesLeft(String cache) {
    return ("TSESS0097: the cluster of the cache %s lost a member or met one again, and not all"
            + " entries that were written shortly before can be written again, so copies of them may"
            + " differ; this node goes on trying")
        .formatted(cache);
  }

  /**
   * WARNING, and the remark of a health check: clocks of nodes differ.
   *
   * @param ahead by how much the clock of each other node is ahead at the least, or behind if that
   *     is negative
   */
  static String clocksDiffer(String cache, Map<String, Duration> ahead) {
    return ("TSESS0098: the clock of this node differs from those of half or more of the nodes that"
            + " hold the cache %s: %s. Sessions live too long or too short by that, and old ids are"
            + " told from overtaken requests too soon or too late; run NTP on all nodes")
        .formatted(
            cache,
            ahead.entrySet().stream()
                .map(entry -> difference(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", ")));
  }

  private static String difference(String node, Duration ahead) {
    return "%s is %s by at least %s"
        .formatted(node, ahead.isNegative() ? "behind" : "ahead", ahead.abs());
  }

  /** WARNING: a cache refuses no longer, although not all of its members have come back. */
  static String degradedModeEnds(String cache) {
    return ("TSESS0108: the cache %s has lost a member for good, has a copy of everything, and a"
            + " majority of the cluster is there: it leaves the degraded mode")
        .formatted(cache);
  }

  /** ERROR: a node that would take sessions of others for unknown. */
  static String otherShape(String difference) {
    return ("TSESS0109: %s; this node serves no sessions, because it would not find those of the"
            + " others. Give all nodes the same configuration, and restart those that differ")
        .formatted(difference);
  }

  /** WARNING: transactions that are not this library's keep what they have locked. */
  static String commitsRefused(String cache) {
    return ("TSESS0115: transactions of this node in the cache %s, of another user of it or from"
            + " before this application was deployed again, could not be committed after the cluster"
            + " had met again (ISPN000629), and Infinispan keeps their entries locked; sessions that"
            + " are answered 503 for minutes are freed by restarting this node")
        .formatted(cache);
  }
}
