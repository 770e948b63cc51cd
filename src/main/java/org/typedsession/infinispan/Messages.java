package org.typedsession.infinispan;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** Deployment error: a container of the server that does not start. */
  static String containerDown(String name) {
    return ("TSESS0044: the server's Infinispan container %s does not start; the server's log says"
            + " why, look there for its dependencies and for JGroups. Sessions are not kept elsewhere"
            + " meanwhile, because other nodes would not find them")
        .formatted(name);
  }

  /** Error: a cache whose configuration would break a promise. */
  static String unsafeCache(String cache, List<String> faults) {
    return "TSESS0090: the cache %s is not fit for sessions: %s"
        .formatted(cache, String.join("; ", faults));
  }

  /** WARNING: an optimistic cache of several nodes. */
  static String conflictsAreLogged(String cache) {
    return ("TSESS0091: the cache %s is optimistic: Infinispan logs every conflict between nodes with"
            + " stack traces, which a client can provoke; mute the categories"
            + " org.infinispan.interceptors.impl.InvocationContextInterceptor,"
            + " org.infinispan.transaction.impl.TransactionCoordinator and"
            + " org.infinispan.remoting.inboundhandler, or use a cache without transactions")
        .formatted(cache);
  }

  /** WARNING: a transactional cache of several nodes. */
  static String transactionsMayFork(String cache) {
    return ("TSESS0092: the cache %s has pessimistic transactions: when a node dies or the network"
            + " splits in the middle of a commit, Infinispan may apply half of it, and a session may"
            + " be left with two live ids; a cache without transactions (transaction mode NONE) has"
            + " no such gap")
        .formatted(cache);
  }

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

  /** INFO: a cache that is not started yet, because too few nodes are there. */
  static String waitsForNodes(String cache, int majority, int clusterSize) {
    return ("TSESS0104: the cache %s is started when %s of the %s nodes of its cluster are there"
            + " (typed-session.infinispan.cluster-size); the application runs, and what needs a"
            + " session is answered 503 until then")
        .formatted(cache, majority, clusterSize);
  }

  /** INFO: a cache that was waited for is open. */
  static String nodesAreThere(String cache, int majority, int clusterSize) {
    return "TSESS0105: %s of the %s nodes of the cluster are there, and the cache %s has started"
        .formatted(majority, clusterSize, cache);
  }

  /** WARNING: a cache that has been waited for too long. */
  static String stillWaitsForNodes(String cache, int majority, int clusterSize) {
    return ("TSESS0106: the cache %s is still not started, because fewer than %s of the %s nodes of"
            + " its cluster are there, and what needs a session is answered 503; start the others,"
            + " see whether this node reaches them, or, if there are to be fewer, set"
            + " typed-session.infinispan.cluster-size and restart this node")
        .formatted(cache, majority, clusterSize);
  }

  /** WARNING: a cache that was waited for does not start. */
  static String startedNot(String cache, String reason) {
    return ("TSESS0107: the cache %s cannot be started, and what needs a session is answered 503: %s;"
            + " this node goes on trying")
        .formatted(cache, reason);
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

  /**
   * Why a store cannot be started: the server's model has a cache that is not there.
   *
   * @param name of its configuration
   */
  static String cacheNotDefined(String name) {
    return ("TSESS0112: the server's model has the cache of %s, and has not defined it in its"
            + " container; the server's log may say why. A cache that is not called typed-sessions"
            + " is defined when something refers to it: add a resource-env-ref with that lookup-name"
            + " to web.xml")
        .formatted(name);
  }

  /**
   * WARNING: a node that finds the others by DNS is alone.
   *
   * @param addresses what DNS says now
   * @param self where this node listens
   */
  static String aloneByDns(String query, List<String> addresses, String self) {
    return ("TSESS0114: this node listens at %s and sees no other; for %s"
            + " (typed-session.infinispan.dns-query) DNS has %s. The name must be that of a headless"
            + " service whose publishNotReadyAddresses is true, its addresses those of all nodes,"
            + " and all must listen on this port; the look-up is made again every half minute, and"
            + " a name that is wrong must be corrected and this node restarted")
        .formatted(self, query, addresses.isEmpty() ? "no address" : String.join(", ", addresses));
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
