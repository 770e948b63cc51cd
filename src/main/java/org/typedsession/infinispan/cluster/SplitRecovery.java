package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.infinispan.manager.EmbeddedCacheManager;
import org.infinispan.remoting.transport.Address;
import org.jspecify.annotations.Nullable;

/**
 * Has every store of a cache tidied up after the parts of a split cluster have met again, once
 * Infinispan has brought their entries together.
 *
 * <p>Safe for use by many threads.
 */
public final class SplitRecovery implements AutoCloseable {
  /** For how long a session is left to the node that claimed it. */
  public static final Duration CLAIM = Duration.ofSeconds(30);

  private static final System.Logger LOGGER = System.getLogger(SplitRecovery.class.getName());
  private static final Duration POLL = Duration.ofMillis(500);
  // A node that has not come to this cache by then does not use it.
  private static final Duration PATIENCE = Duration.ofHours(1);

  private final AdvancedCache<String, String> cache;
  private final CopyRepair repair;
  private final AcknowledgementGuard guard;
  private final ScheduledExecutorService clock;
  private final EmbeddedCacheManager manager;
  private final MergeListener listener;
  private final Map<String, Supplier<Tally>> stores = new ConcurrentHashMap<>();

  // Guarded by this, as are the following: whose entries have come or will come, and are not tidied
  // up yet.
  private final Set<Address> strangers = new HashSet<>();
  private final Set<String> told = new HashSet<>();
  private long metAt;
  private boolean looking;

  // When the copies of all entries were brought together last; null if never. Used by one look
  // after the other.
  private volatile @Nullable TopologySnapshot united;

  /**
   * What came of tidying up a store.
   *
   * @param sessions how many there are in the store, ended ones of late included
   * @param united how many had several ids, of which one is left
   * @param ended how many were ended on one side and live on the other, and are ended now
   * @param leftToOthers how many are claimed by another node, which may fail
   */
  public record Tally(int sessions, int united, int ended, int leftToOthers) {}

  private SplitRecovery(
      AdvancedCache<String, String> cache,
      CopyRepair repair,
      AcknowledgementGuard guard,
      ScheduledExecutorService clock) {
    this.cache = cache;
    this.repair = repair;
    this.guard = guard;
    this.clock = clock;
    this.manager = cache.getCacheManager();
    this.listener = new MergeListener(this::met);
  }

  /**
   * Begins to listen, until it is closed.
   *
   * @param cache a clustered cache
   * @param repair brings copies together that Infinispan's own merge left different
   * @param clock does the work; may block
   */
  static SplitRecovery watch(
      AdvancedCache<String, String> cache,
      CopyRepair repair,
      AcknowledgementGuard guard,
      ScheduledExecutorService clock) {
    SplitRecovery splitRecovery = new SplitRecovery(cache, repair, guard, clock);
    splitRecovery.manager.addListener(splitRecovery.listener);
    return splitRecovery;
  }

  /**
   * @param store its namespace
   * @param cleanup tidies it up; run in one thread at a time, again after a failure
   */
  void onHeal(String store, Supplier<Tally> cleanup) {
    stores.put(store, cleanup);
  }

  private synchronized void met(Set<Address> others) {
    strangers.addAll(others);
    told.clear();
    metAt = System.nanoTime();
    if (!looking) {
      looking = true;
      lookIn(POLL);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // A look catches what it throws.
  private void lookIn(Duration delay) {
    clock.schedule(this::look, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    Duration next = POLL;
    try {
      Set<Address> come = come();
      if (!come.isEmpty() && guard.isAtRest()) {
        TopologySnapshot begin = guard.now();
        // First, since a branch of a session may be on one copy only. Every node does its part, and
        // whoever is the last to do so finds all branches.
        boolean tidy = unite(begin);
        for (Map.Entry<String, Supplier<Tally>> store : stores.entrySet()) {
          tidy &= tidyUp(store.getKey(), store.getValue());
        }
        if (tidy && guard.isAtRest() && guard.now().equals(begin)) {
          finish(come);
        } else if (!tidy && guard.isAtRest()) {
          next = CLAIM;
        }
      }
    } catch (RuntimeException e) {
      // The cache stops, or is not whole; in the latter case it is worth another look.
      LOGGER.log(System.Logger.Level.DEBUG, "no look at what a split left behind", e);
    } finally {
      lookAgainIn(next);
    }
  }

  /** Returns whether the copies of each entry are the same, as far as this node is concerned. */
  private boolean unite(TopologySnapshot now) {
    if (!now.equals(united)) {
      if (!repair.runOnEverything()) {
        if (guard.isAtRest() && isFirstTime("copies")) {
          LOGGER.log(System.Logger.Level.WARNING, Messages.copiesLeft(cache.getName()));
        }
        return false;
      }
      united = now;
    }
    return true;
  }

  private synchronized Set<Address> come() {
    strangers.retainAll(cache.getRpcManager().getTransport().getMembers());
    Set<Address> come =
        new HashSet<>(cache.getDistributionManager().getCacheTopology().getMembers());
    come.retainAll(strangers);
    return come;
  }

  private synchronized void finish(Set<Address> come) {
    strangers.removeAll(come);
  }

  private synchronized void lookAgainIn(Duration delay) {
    boolean waiting = System.nanoTime() - metAt < PATIENCE.toNanos();
    looking = !strangers.isEmpty() && waiting;
    if (looking) {
      lookIn(delay);
    }
  }

  /** Returns whether nothing is left to do. */
  private boolean tidyUp(String store, Supplier<Tally> cleanup) {
    @Nullable Tally tally = null;
    @Nullable RuntimeException failure = null;
    try {
      tally = cleanup.get();
    } catch (RuntimeException e) {
      failure = e;
    }
    if (tally == null) {
      if (isFirstTime(store + " failed")) {
        LOGGER.log(System.Logger.Level.WARNING, Messages.forksLeft(name(store)), failure);
      }
      return false;
    }
    boolean acted = tally.united() + tally.ended() > 0;
    if (isFirstTime(store) || acted) {
      LOGGER.log(
          acted ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
          Messages.forksEnded(name(store), tally.sessions(), tally.united(), tally.ended()));
    }
    return tally.leftToOthers() == 0;
  }

  private String name(String store) {
    return "%s of the cache %s".formatted(store, cache.getName());
  }

  private synchronized boolean isFirstTime(String what) {
    return told.add(what);
  }

  /** Listens no more. */
  @Override
  public void close() {
    stores.clear();
    try {
      manager.removeListener(listener);
    } catch (RuntimeException e) {
      // Whoever owns the manager stopped it before, and its listeners with it.
      LOGGER.log(System.Logger.Level.DEBUG, "the listener is gone already", e);
    }
  }
}
