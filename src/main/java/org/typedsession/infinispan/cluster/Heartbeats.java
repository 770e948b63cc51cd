package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.internal.InternalCacheNames;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.remoting.transport.Address;
import org.infinispan.remoting.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Asks the other members of a cache time and again, and keeps when each has answered last.
 *
 * <p>The question is a conditional write of an entry that does not exist, which its primary owner
 * refuses, and only in the topology of the one who asks. Nothing is stored or replicated. Members
 * that own nothing are not asked.
 *
 * <p>A transactional cache would not do for that: it reads first, in this node's own memory or in
 * that of any owner, and finds nothing to be written. There the question is about an entry of the
 * cache in which each manager of a cluster keeps its definitions, and which has no transactions.
 *
 * <p>{@link #meet} and {@link #ask} are for one thread at a time; what was heard may be read by
 * any.
 */
final class Heartbeats {
  /** The time of what was not. */
  static final long NEVER = Long.MIN_VALUE / 2;

  // Of Infinispan's own.
  private static final String DEFINITIONS = InternalCacheNames.CONFIG_STATE_CACHE_NAME;
  private static final String KEY_PREFIX = "typed-session/lease/";
  // Longer than any remote timeout that leaves a chance to resolve a write.
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);
  // Not the empty text, which the marshaller of WildFly's caches writes and does not read.
  private static final String NOTHING = "-";

  /**
   * Whom to ask in one topology.
   *
   * @param askedTopology that of the cache in which is asked
   * @param members of the topology
   * @param keys for each other member a key that it is the primary owner of, in the cache in which
   *     is asked; that may know no more of those that are not in the view
   * @param gone the other members that own something and are not in the view
   * @param eldestFirst those that are in the view, in its order
   */
  private record Round(
      int topology,
      int askedTopology,
      int view,
      List<Address> members,
      Map<Address, String> keys,
      List<Address> gone,
      List<Address> eldestFirst) {
    static final Round NONE = new Round(-1, -1, -1, List.of(), Map.of(), List.of(), List.of());
  }

  private final AdvancedCache<String, String> cache;
  // The same, where that has no transactions.
  private final AdvancedCache<String, String> asked;
  private final KeysOfMembers owners;
  private final KeysOfMembers keys;
  private final Map<Address, Peer> peers = new ConcurrentHashMap<>();
  private final long origin = System.nanoTime();
  private volatile Round round = Round.NONE;

  Heartbeats(AdvancedCache<String, String> cache) {
    this.cache = cache;
    this.asked =
        cache.getCacheConfiguration().transaction().transactionMode().isTransactional()
            ? definitions(cache)
            : cache;
    this.owners = new KeysOfMembers(cache, KEY_PREFIX);
    this.keys = new KeysOfMembers(asked, KEY_PREFIX);
  }

  // By Infinispan's own manager: a server's converts keys for the caches of applications.
  private static AdvancedCache<String, String> definitions(AdvancedCache<String, String> cache) {
    return ComponentRegistry.componentOf(cache, EmbeddedCacheManager.class)
        .<String, String>getCache(DEFINITIONS)
        .getAdvancedCache();
  }

  /** The time, in nanoseconds since this object was made, as all times here. */
  long now() {
    return System.nanoTime() - origin;
  }

  /**
   * Takes note of who is there. What was heard before a member was lost is forgotten: who confirmed
   * this node then need not be among those who go on with it.
   *
   * @return whether the cache was started anew since the last time
   */
  boolean meet(LocalizedCacheTopology topology) {
    // It begins to count its topologies again.
    boolean anew = round.topology > topology.getTopologyId();
    if (anew || !topology.getMembers().containsAll(round.members)) {
      peers.clear();
    }
    Transport transport = cache.getRpcManager().getTransport();
    int view = transport.getViewId();
    LocalizedCacheTopology askedTopology = asked.getDistributionManager().getCacheTopology();
    if (anew
        || round.topology != topology.getTopologyId()
        || round.askedTopology != askedTopology.getTopologyId()
        || round.view != view) {
      Set<Address> others = owners.ofOthers(topology).keySet();
      List<Address> eldestFirst = transport.getMembers().stream().filter(others::contains).toList();
      List<Address> gone = others.stream().filter(member -> !eldestFirst.contains(member)).toList();
      others.forEach(member -> peers.computeIfAbsent(member, any -> new Peer()));
      peers.keySet().retainAll(others);
      round =
          new Round(
              topology.getTopologyId(),
              askedTopology.getTopologyId(),
              view,
              topology.getMembers(),
              keys.ofOthers(askedTopology),
              gone,
              eldestFirst);
    }
    return anew;
  }

  /** How many others there are by the topology, whether or not they are in the view. */
  int others() {
    return round.gone.size() + round.eldestFirst.size();
  }

  /** How many of them are not in the view. */
  int gone() {
    return round.gone.size();
  }

  /**
   * When each of the others has answered last: first those that are not in the view, and then those
   * that are, in its order.
   */
  long[] heard() {
    Round now = round;
    return Stream.concat(now.gone.stream(), now.eldestFirst.stream())
        .mapToLong(
            member -> {
              Peer peer = peers.get(member);
              return peer == null ? NEVER : peer.heard();
            })
        .toArray();
  }

  /**
   * Asks each of the others that owes no answer.
   *
   * @param onAnswer done after each answer, by whatever thread
   * @param again asks once more, where the answer was not of the one who was asked
   */
  void ask(Runnable onAnswer, Runnable again, Executor executor) {
    Round now = round;
    now.keys.forEach((member, key) -> ask(now, member, key, onAnswer, again, executor));
  }

  // One that has not answered yet is not asked again: its answer would be no sooner. Unless it
  // takes so long that there will be none, because the cache was stopped meanwhile.
  @SuppressWarnings("FutureReturnValueIgnored") // A failure is no answer.
  private void ask(
      Round now, Address member, String key, Runnable onAnswer, Runnable again, Executor executor) {
    Peer peer = peers.get(member);
    long begin = now();
    if (peer == null || !peer.ask(begin, LONGEST_ANSWER)) {
      return;
    }
    try {
      asked
          .replaceAsync(key, NOTHING, NOTHING)
          .whenComplete(
              (refused, failure) -> {
                boolean itself = false;
                try {
                  itself = failure == null && topologyId() == now.askedTopology;
                } finally {
                  // Whatever a cache that stops throws: it may be asked again.
                  peer.end(begin, itself);
                }
                if (itself) {
                  onAnswer.run();
                } else if (failure == null) {
                  // The owners changed meanwhile, and another one may have answered.
                  executor.execute(again);
                }
              });
    } catch (RuntimeException e) {
      // The cache stops, or this node is cut off and knows it.
      peer.end(begin, false);
    }
  }

  private int topologyId() {
    return asked.getDistributionManager().getCacheTopology().getTopologyId();
  }

  // Null for a segment that has no owner.
  private @Nullable Address primaryOwner(String key) {
    return cache
        .getDistributionManager()
        .getCacheTopology()
        .getDistribution(cache.getKeyDataConversion().toStorage(key))
        .primary();
  }

  /**
   * Whether the primary owner of {@code key} has left questions unanswered for that long.
   *
   * @param since what was not answered before says nothing, because this node was paused or cut off
   *     itself
   */
  boolean isPrimaryOwnerSilent(String key, Duration length, long since) {
    long until = now() - length.toNanos();
    for (Peer any : peers.values()) {
      if (since < until && any.isUnansweredSince(until)) {
        Address owner = primaryOwner(key);
        Peer peer = owner == null ? null : peers.get(owner);
        return peer != null && peer.isUnansweredSince(until);
      }
    }
    // Nearly always, and no owner had to be looked up.
    return false;
  }

  /** The names of those that have left questions unanswered for that long. */
  List<String> silent(Duration length) {
    long until = now() - length.toNanos();
    return peers.entrySet().stream()
        .filter(peer -> peer.getValue().isUnansweredSince(until))
        .map(peer -> peer.getKey().toString())
        .sorted()
        .toList();
  }

  /** Another member. */
  private static final class Peer {
    private long heard = NEVER;
    // The question that is under way.
    private long asked = NEVER;
    // The first question after the last answer.
    private long unanswered = NEVER;

    synchronized boolean ask(long now, Duration longest) {
      if (asked != NEVER && now - asked < longest.toNanos()) {
        return false;
      }
      asked = now;
      if (unanswered == NEVER) {
        unanswered = now;
      }
      return true;
    }

    synchronized void end(long begin, boolean answered) {
      if (asked == begin) {
        asked = NEVER;
      }
      if (answered && begin > heard) {
        heard = begin;
        unanswered = NEVER;
      }
    }

    synchronized long heard() {
      return heard;
    }

    synchronized boolean isUnansweredSince(long time) {
      return unanswered != NEVER && unanswered < time;
    }
  }
}
