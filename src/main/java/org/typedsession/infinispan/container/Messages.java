package org.typedsession.infinispan.container;

import java.util.List;

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
}
