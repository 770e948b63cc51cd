package org.typedsession.infinispan;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.DistributionManager;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.remoting.transport.Address;

/**
 * Whether this node may believe what it holds: a majority of the nodes confirmed a moment ago that
 * they still count it in.
 *
 * <p>An owner answers reads from its own memory. One that was paused, or cut off, does so even
 * after the others have given up on it and gone on without it, until it notices. So every node asks
 * the others time and again, and stops believing itself when no majority has answered for {@link
 * Timing#length}, which is shorter than the others wait before they give up on a node.
 *
 * <p>The question is a conditional write of an entry that does not exist, which its primary owner
 * refuses, and only in the topology of the one who asks. Nothing is stored or replicated. The idea
 * is that of a lease (Gray and Cheriton, 1989).
 *
 * <p>Safe for use by many threads.
 */
final class MembershipLease {
  private static final System.Logger LOGGER = System.getLogger(MembershipLease.class.getName());
  private static final String KEY_PREFIX = "typed-session/lease/";
  // Longer than any remote timeout that leaves a chance to settle a write.
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);
  // Not the empty text, which the marshaller of WildFly's caches writes and does not read.
  private static final String NOTHING = "-";

  /**
   * @param length how long a confirmation counts; has to be less than the time after which the
   *     cluster takes a silent node for dead
   * @param interval how often to ask
   */
  record Timing(Duration length, Duration interval) {
    /** Fits a failure detection of some seconds more. */
    static final Timing STANDARD = new Timing(Duration.ofSeconds(4), Duration.ofSeconds(1));
  }

  /**
   * Whom to ask in one topology.
   *
   * @param keys for each other node a key that it is the primary owner of
   * @param needed how many of them make a majority
   */
  private record Voters(int topologyId, Map<Address, String> keys, int needed) {}

  private final AdvancedCache<String, String> cache;
  private final Timing timing;
  private final int majorityOfAll;
  // Since when each has not answered.
  private final Map<Address, Long> asked = new ConcurrentHashMap<>();
  private final KeysOfMembers keys;
  private volatile long confirmedAt;
  // Written while holding the lock of this.
  private volatile long term;
  private boolean metMajority;
  private Voters voters = new Voters(-1, Map.of(), 1);

  private MembershipLease(AdvancedCache<String, String> cache, Timing timing, int clusterSize) {
    this.cache = cache;
    this.keys = new KeysOfMembers(cache, KEY_PREFIX);
    this.majorityOfAll = clusterSize / 2 + 1;
    this.timing = timing;
    revoke();
  }

  /**
   * Begins to ask, until {@code clock} is shut down.
   *
   * @param cache a clustered cache
   * @param clusterSize how many nodes make up the cluster; 1 if that is not known
   */
  @SuppressWarnings("FutureReturnValueIgnored") // tryToRenew catches what it throws.
  static MembershipLease start(
      AdvancedCache<String, String> cache,
      Timing timing,
      int clusterSize,
      ScheduledExecutorService clock) {
    MembershipLease lease = new MembershipLease(cache, timing, clusterSize);
    // Nobody waits for the answers in the clock's thread.
    clock.scheduleWithFixedDelay(
        lease::tryToRenew, 0, timing.interval().toNanos(), TimeUnit.NANOSECONDS);
    return lease;
  }

  /** Whether the lease is held now. */
  boolean isHeld() {
    return System.nanoTime() - confirmedAt < timing.length().toNanos();
  }

  /**
   * How often the lease was lost and held again. Where it is held after a read, in the same term as
   * before, what was read was current: no majority can have gone on without this node meanwhile.
   */
  long term() {
    return term;
  }

  // What is thrown would be the end of the schedule, and of the lease. A cache that stops, or that
  // its server starts anew, throws many things.
  private void tryToRenew() {
    try {
      renew();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "nobody could be asked whether this node counts", e);
    }
  }

  private void renew() {
    DistributionManager distribution = cache.getDistributionManager();
    LocalizedCacheTopology topology = distribution.getCacheTopology();
    if (voters.topologyId > topology.getTopologyId()) {
      // The server has started the cache anew, and it is nobody's that it belonged to before. What
      // was confirmed of the former one says nothing of this one.
      metMajority = false;
      revoke();
    }
    if (voters.topologyId != topology.getTopologyId()) {
      voters = voters(topology);
    }
    // A node that starts without reaching the others is a cluster by itself, with none of their
    // sessions. Once it has met them it counts by who is there: nodes may be taken out of service.
    metMajority = metMajority || topology.getMembers().size() >= majorityOfAll;
    if (!metMajority) {
      return;
    }
    long begin = System.nanoTime();
    if (voters.needed == 0) {
      confirm(begin);
      return;
    }
    AtomicInteger missing = new AtomicInteger(voters.needed);
    voters.keys.forEach((voter, key) -> ask(voter, key, begin, missing));
  }

  // A voter that has not answered yet is not asked again: its answer would be no sooner. Unless it
  // takes so long that there will be none, because the cache was stopped meanwhile.
  @SuppressWarnings("FutureReturnValueIgnored") // A failure is no answer.
  private void ask(Address voter, String key, long begin, AtomicInteger missing) {
    Long pending = asked.get(voter);
    if (pending != null && begin - pending < LONGEST_ANSWER.toNanos()) {
      return;
    }
    asked.put(voter, begin);
    try {
      cache
          .replaceAsync(key, NOTHING, NOTHING)
          .whenComplete(
              (refused, failure) -> {
                asked.remove(voter, begin);
                if (failure == null && missing.decrementAndGet() == 0) {
                  confirm(begin);
                }
              });
    } catch (RuntimeException e) {
      // The cache stops, or this node is cut off and knows it. Either way nobody has confirmed.
      asked.remove(voter, begin);
    }
  }

  private synchronized void confirm(long begin) {
    if (!isHeld()) {
      term++;
    }
    confirmedAt = Math.max(confirmedAt, begin);
  }

  private synchronized void revoke() {
    confirmedAt = System.nanoTime() - timing.length().toNanos();
  }

  private Voters voters(LocalizedCacheTopology topology) {
    Map<Address, String> others = keys.ofOthers(topology);
    boolean votes = topology.getMembers().contains(topology.getLocalAddress());
    int majority = (others.size() + (votes ? 1 : 0)) / 2 + 1;
    return new Voters(topology.getTopologyId(), others, votes ? majority - 1 : majority);
  }
}
