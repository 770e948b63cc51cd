package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.infinispan.AdvancedCache;
import org.infinispan.container.entries.CacheEntry;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.metadata.EmbeddedMetadata;
import org.infinispan.metadata.Metadata;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.infinispan.remoting.transport.Address;
import org.jspecify.annotations.Nullable;
import org.typedsession.log.RateLimitedLog;

/**
 * Whether the clocks of the nodes agree, as far as this node can tell.
 *
 * <p>An entry with a lifespan carries the moment at which its owner has stored it, by the owner's
 * clock. So this node writes one of its own to each other node, time and again, and is given the
 * one before with that moment: what the other's clock said at some time while the question was
 * under way. What fits into the time that this took never counts as a difference: it is the
 * estimate of NTP (RFC 5905) less half of the round trip. Nobody has to take part: the other node
 * may run another version, or have no store here.
 *
 * <p>The node whose clock is wrong is to say so, and cannot know it for sure. A node speaks when
 * its clock differs from those of half of the nodes or more: of three nodes the odd one out, of two
 * both, because nobody can tell which is right.
 *
 * <p>Safe for use by many threads.
 */
final class ClusterClocks {
  private static final System.Logger LOGGER = System.getLogger(ClusterClocks.class.getName());
  private static final String KEY_PREFIX = "typed-session/clock/";
  // More than nodes that run NTP ever differ by, leap seconds included, and less than the shortest
  // span by which anything is decided.
  private static final Duration LIMIT = Duration.ofSeconds(2);
  // A question that was lost must not be the last.
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);
  private static final int LIFESPAN_IN_INTERVALS = 6;

  /**
   * What was written to another node.
   *
   * @param mark its value, which tells it from what anybody else may have written
   * @param answered null while it is under way
   */
  private record Question(
      String mark, int topologyId, long begun, Instant sent, @Nullable Instant answered) {
    Question answeredAt(Instant now) {
      return new Question(mark, topologyId, begun, sent, now);
    }
  }

  private final AdvancedCache<String, String> cache;
  private final InstantSource clock;
  private final KeysOfMembers keys;
  private final Metadata lifespan;
  private final RateLimitedLog warning;
  private final Map<Address, Question> questions = new ConcurrentHashMap<>();
  // By how much the clock of each is certainly wrong, by this one's; only where that is too much.
  private final Map<Address, Duration> ahead = new ConcurrentHashMap<>();
  // Only touched while holding the lock of this.
  private boolean told;
  private volatile Optional<String> remark = Optional.empty();

  private ClusterClocks(
      AdvancedCache<String, String> cache, InstantSource clock, Duration interval) {
    this.cache = cache;
    this.clock = clock;
    this.warning =
        new RateLimitedLog(LOGGER, System.Logger.Level.WARNING, RateLimitedLog.MONOTONIC);
    this.keys = new KeysOfMembers(cache, KEY_PREFIX + cache.getRpcManager().getAddress() + "/");
    this.lifespan =
        new EmbeddedMetadata.Builder()
            .lifespan(
                interval.multipliedBy(LIFESPAN_IN_INTERVALS).toMillis(), TimeUnit.MILLISECONDS)
            .build();
  }

  /**
   * Begins to ask, until {@code schedule} is shut down.
   *
   * @param cache a clustered cache
   * @param clock of this node, the one by which it stores entries
   * @param interval how often to ask
   */
  @SuppressWarnings("FutureReturnValueIgnored") // tryToAsk catches what it throws.
  static ClusterClocks watch(
      AdvancedCache<String, String> cache,
      InstantSource clock,
      Duration interval,
      ScheduledExecutorService schedule) {
    ClusterClocks clocks = new ClusterClocks(cache, clock, interval);
    schedule.scheduleWithFixedDelay(clocks::tryToAsk, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    return clocks;
  }

  /** What an operator should know; empty while the clocks agree, or nobody can tell. */
  Optional<String> remark() {
    return remark;
  }

  // What is thrown would be the end of the schedule. A cache that stops throws many things.
  private void tryToAsk() {
    try {
      ask();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "nobody could be asked for the time", e);
    }
  }

  private void ask() {
    LocalizedCacheTopology topology = cache.getDistributionManager().getCacheTopology();
    judge(topology);
    if (cache.getAvailability() == AvailabilityMode.AVAILABLE) {
      keys.heldByOthers(topology)
          .forEach((member, key) -> ask(member, key, topology.getTopologyId()));
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // A failure is no answer.
  private void ask(Address member, String key, int topologyId) {
    long begun = System.nanoTime();
    Question before = questions.get(member);
    if (before != null
        && before.answered == null
        && begun - before.begun < LONGEST_ANSWER.toNanos()) {
      return;
    }
    Question question =
        new Question(Long.toString(begun), topologyId, begun, clock.instant(), null);
    questions.put(member, question);
    try {
      cache
          .putAsyncEntry(key, question.mark, lifespan)
          .whenComplete(
              (stored, failure) -> {
                Instant now = clock.instant();
                if (failure != null) {
                  questions.remove(member, question);
                } else if (questions.replace(member, question, question.answeredAt(now))) {
                  learn(member, before, stored);
                }
              });
    } catch (RuntimeException e) {
      // The cache stops, or this node is cut off and knows it.
      questions.remove(member, question);
    }
  }

  /**
   * @param asked what was written before, of which the answer is known only now
   * @param stored what {@code member} had of it
   */
  private void learn(
      Address member, @Nullable Question asked, @Nullable CacheEntry<String, String> stored) {
    LocalizedCacheTopology topology = cache.getDistributionManager().getCacheTopology();
    if (asked == null
        || asked.answered == null
        || stored == null
        || !asked.mark.equals(stored.getValue())
        // Another node may have been the owner then.
        || asked.topologyId != topology.getTopologyId()) {
      return;
    }
    Duration certain =
        certain(asked.sent, asked.answered, Instant.ofEpochMilli(stored.getCreated()));
    LOGGER.log(System.Logger.Level.DEBUG, () -> "the clock of " + member + " is ahead " + certain);
    if (certain.abs().compareTo(LIMIT) > 0) {
      ahead.put(member, certain);
    } else {
      ahead.remove(member);
    }
    judge(topology);
  }

  /**
   * How much a clock is ahead at the least, or behind if that is negative.
   *
   * @param sent when it was asked, by this node's clock
   * @param answered when the answer was there, by this node's clock
   * @param theirs what it said in between
   */
  static Duration certain(Instant sent, Instant answered, Instant theirs) {
    // This clock was set back meanwhile.
    if (answered.isBefore(sent)) {
      return Duration.ZERO;
    }
    if (theirs.isAfter(answered)) {
      return Duration.between(answered, theirs);
    }
    return theirs.isBefore(sent) ? Duration.between(sent, theirs) : Duration.ZERO;
  }

  private synchronized void judge(LocalizedCacheTopology topology) {
    Set<Address> members = Set.copyOf(topology.getMembers());
    ahead.keySet().retainAll(members);
    questions.keySet().retainAll(members);
    if (ahead.isEmpty() || ahead.size() * 2 < topology.getMembers().size()) {
      remark = Optional.empty();
      told = false;
      return;
    }
    Map<String, Duration> byName = new TreeMap<>();
    ahead.forEach((member, difference) -> byName.put(member.toString(), difference));
    String text = Messages.clocksDiffer(cache.getName(), byName);
    remark = Optional.of(text);
    told = told || warning.logIfDue(() -> text);
  }
}
