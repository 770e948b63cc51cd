package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.infinispan.AdvancedCache;
import org.infinispan.distribution.LocalizedCacheTopology;

/**
 * Whether this node may believe what it holds: those who could have gone on without it confirmed a
 * moment ago that they still count it in.
 *
 * <p>An owner answers reads from its own memory. One that was paused, or cut off, does so even
 * after the others have given up on it and gone on without it, until it notices. So every node asks
 * the others time and again ({@link Heartbeats}), and stops believing itself when one that counts
 * has not answered for {@link Timing#length}, which is shorter than the others wait before they
 * give up on a node. The idea is that of a lease (Gray and Cheriton, 1989).
 *
 * <p>Safe for use by many threads.
 */
public final class MembershipLease {
  private static final System.Logger LOGGER = System.getLogger(MembershipLease.class.getName());

  /**
   * How long a lease counts, and how it is renewed.
   *
   * @param length how long a confirmation counts; has to be less than the time after which the
   *     cluster takes a silent node for dead
   * @param interval how often to ask
   * @param rule who has to confirm
   */
  public record Timing(Duration length, Duration interval, Rule rule) {
    /** Fits a failure detection of some seconds more. */
    public static final Timing STANDARD = new Timing(Duration.ofSeconds(4), Duration.ofSeconds(1));

    /** By the rule that holds. */
    public Timing(Duration length, Duration interval) {
      this(length, interval, Rule.ELDEST);
    }
  }

  /** Whose confirmations make a lease. */
  @FunctionalInterface
  public interface Rule {
    /**
     * Those of the eldest others that make a majority together with this node. They are all who
     * could have gone on without it. Whoever does leads a new view, has given up on all members
     * before it and on this node, and has a majority left: these are fewer than half, so that at
     * most so many others are before it.
     *
     * <p>Any majority would not do. Where two nodes do not hear each other, a third that hears both
     * confirms both until it follows one of them.
     */
    Rule ELDEST = (heard, needed) -> Arrays.stream(heard).limit(needed).min().orElseThrow();

    /**
     * Since when the lease counts.
     *
     * @param heard when each of the others was asked what it has answered last, those that are gone
     *     from the view first, and then eldest first; {@link Heartbeats#NEVER} if it has not; at
     *     least {@code needed}
     * @param needed how many others make a majority with this node, and those that are gone;
     *     positive
     */
    long since(long[] heard, int needed);
  }

  private final AdvancedCache<String, String> cache;
  private final Timing timing;
  private final int majorityOfAll;
  private final Heartbeats heartbeats;
  private final ScheduledExecutorService clock;
  // While holding the lock of this, as the next ones are written.
  private boolean metMajority;
  private int needed;
  private volatile long heldSince = Heartbeats.NEVER;
  private volatile long term;
  private volatile long termBegan = Heartbeats.NEVER;

  private MembershipLease(
      AdvancedCache<String, String> cache,
      Timing timing,
      int clusterSize,
      ScheduledExecutorService clock) {
    this.cache = cache;
    this.timing = timing;
    this.majorityOfAll = clusterSize / 2 + 1;
    this.heartbeats = new Heartbeats(cache);
    this.clock = clock;
  }

  /**
   * Begins to ask, until {@code clock} is shut down.
   *
   * @param cache a clustered cache
   * @param clusterSize how many nodes make up the cluster; 1 if that is not known
   * @param clock of one thread, since one round of questions comes after the other
   */
  @SuppressWarnings("FutureReturnValueIgnored") // tryToRenew catches what it throws.
  static MembershipLease start(
      AdvancedCache<String, String> cache,
      Timing timing,
      int clusterSize,
      ScheduledExecutorService clock) {
    MembershipLease lease = new MembershipLease(cache, timing, clusterSize, clock);
    // Nobody waits for the answers in the clock's thread.
    clock.scheduleWithFixedDelay(
        lease::tryToRenew, 0, timing.interval().toNanos(), TimeUnit.NANOSECONDS);
    return lease;
  }

  /** Whether the lease is held now. */
  boolean isHeld() {
    return counts(heldSince);
  }

  private boolean counts(long since) {
    return heartbeats.now() - since < timing.length().toNanos();
  }

  /**
   * How often the lease was lost and held again. Where it is held after a read, in the same term as
   * before, what was read was current: nobody can have gone on without this node meanwhile.
   */
  long term() {
    return term;
  }

  /**
   * Whether the primary owner of an entry has not answered for the length of a lease. An operation
   * that needs it would wait in vain, until it answers again or the others have given up on it.
   */
  boolean isPrimaryOwnerSilent(String key) {
    return heartbeats.isPrimaryOwnerSilent(key, timing.length(), termBegan);
  }

  /** The names of the members that have not answered for the length of a lease. */
  List<String> silent() {
    return heartbeats.silent(timing.length());
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
    if (!isCounted(cache.getDistributionManager().getCacheTopology())) {
      return;
    }
    // Also without an answer: others than a moment ago may have to confirm.
    count();
    heartbeats.ask(this::count, this::tryToRenew, clock);
  }

  private synchronized boolean isCounted(LocalizedCacheTopology topology) {
    if (heartbeats.meet(topology)) {
      // The server has started the cache anew, and it is nobody's that it belonged to before.
      metMajority = false;
      hold(Heartbeats.NEVER);
    }
    boolean votes = topology.getMembers().contains(topology.getLocalAddress());
    int majority = (heartbeats.others() + (votes ? 1 : 0)) / 2 + 1;
    needed = votes ? majority - 1 : majority;
    // A node that starts without reaching the others is a cluster by itself, with none of their
    // sessions. Once it has met them it counts by who is there: nodes may be taken out of service.
    metMajority = metMajority || topology.getMembers().size() >= majorityOfAll;
    return metMajority;
  }

  private synchronized void count() {
    long[] heard = heartbeats.heard();
    // A member that is gone from the view counts until the owners have changed: the view may be one
    // that nobody else follows.
    int count = Math.min(heartbeats.gone() + needed, heard.length);
    if (needed == 0 && count == 0) {
      hold(heartbeats.now());
    } else {
      hold(count < needed ? Heartbeats.NEVER : timing.rule().since(heard, count));
    }
  }

  private synchronized void hold(long since) {
    if (!isHeld() && counts(since)) {
      term++;
      termBegan = heartbeats.now();
    }
    heldSince = since;
  }
}
