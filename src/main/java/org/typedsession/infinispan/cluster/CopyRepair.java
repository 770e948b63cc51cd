package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.time.TimeService;
import org.infinispan.container.DataContainer;
import org.infinispan.container.entries.InternalCacheEntry;
import org.infinispan.distribution.DistributionInfo;
import org.infinispan.distribution.LocalizedCacheTopology;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.manager.EmbeddedCacheManager;
import org.jspecify.annotations.Nullable;
import org.typedsession.infinispan.entry.Entries;

/**
 * Brings copies of entries together that a fault left different.
 *
 * <p>The primary owner applies a write and sends it to the backups. A backup that knows of a newer
 * topology by then refuses it, and tells the node that had asked for the write, which makes it
 * again. Where that node has died nobody does: one owner has a session moved or ended, the other
 * has it live, and no state transfer compares them, since the owners are the same as before. So
 * once the cluster is at rest after it lost a member, or has one again, each node writes what it is
 * the primary owner of, and what was written shortly before, once more: by a conditional
 * replacement of the value by itself, which brings it to all owners and costs two messages.
 *
 * <p>A backup that has something recent asks the primary owner for what that has, since the two may
 * have changed places when the member left: where its own value was built on that, the write is
 * made again. In all other cases what the primary owner has counts, because a write is acknowledged
 * only when all owners have it. One entry after the other, so that requests go on beside it. On a
 * transactional cache the transactions that nobody will end are ended first.
 *
 * <p>Safe for use by many threads.
 */
final class CopyRepair implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(CopyRepair.class.getName());
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  // Longer than any write may take, and than it takes to notice that a node is dead; by the clock
  // of whichever node had the entry first.
  static final Duration RECENT = Duration.ofMinutes(1);
  private static final long NOTHING = Long.MAX_VALUE;
  private static final long EVERYTHING = Long.MIN_VALUE;
  private static final int ATTEMPTS = 10;
  private static final int FAILURES_TO_WARN = 3;

  private final AdvancedCache<String, String> cache;
  private final Entries entries;
  private final AcknowledgementGuard guard;
  private final ScheduledExecutorService clock;
  private final EmbeddedCacheManager manager;
  // By which the cache stamps its entries.
  private final TimeService time;
  private final OrphanedTransactions orphans;
  private final LossListener listener = new LossListener(this::lost);
  private final Set<String> namespaces = ConcurrentHashMap.newKeySet();
  private final LongAdder repaired = new LongAdder();
  // What is left of the last run; null if that was all of it, or nothing that can be built on.
  private volatile @Nullable Left left;

  // Guarded by this, as are the following.
  private Wanted wanted = new Wanted(NOTHING, 0);
  private int failures;
  private boolean looking;

  /**
   * What is to be done.
   *
   * @param since the time from which on entries are to be written again
   * @param losses how many losses of members were heard of
   */
  private record Wanted(long since, long losses) {}

  /**
   * What a run could not write again, when all else was.
   *
   * @param from as of the run
   * @param topology from its begin to its end
   * @param losses how many losses of members had been heard of at its begin
   * @param keys as they are stored
   */
  private record Left(long from, TopologySnapshot topology, long losses, Set<Object> keys) {
    boolean isFrom(long otherFrom, TopologySnapshot now, long lossesNow) {
      return from == otherFrom && topology.equals(now) && losses == lossesNow;
    }
  }

  private CopyRepair(
      AdvancedCache<String, String> cache,
      Entries entries,
      AcknowledgementGuard guard,
      @Nullable HandedOverTransactions handedOver,
      ScheduledExecutorService clock) {
    this.cache = cache;
    this.entries = entries;
    this.guard = guard;
    this.clock = clock;
    this.manager = cache.getCacheManager();
    this.time = ComponentRegistry.componentOf(cache, TimeService.class);
    this.orphans = new OrphanedTransactions(cache, handedOver);
  }

  /**
   * Begins to listen, until it is closed.
   *
   * @param cache a clustered cache
   * @param handedOver null if the cache has no transactions
   * @param clock does the work; may block
   */
  static CopyRepair watch(
      AdvancedCache<String, String> cache,
      Entries entries,
      AcknowledgementGuard guard,
      @Nullable HandedOverTransactions handedOver,
      ScheduledExecutorService clock) {
    CopyRepair repair = new CopyRepair(cache, entries, guard, handedOver, clock);
    repair.manager.addListener(repair.listener);
    return repair;
  }

  /** Has the entries of a store repaired; the cache may hold those of others. */
  void cover(String namespace) {
    namespaces.add(namespace);
  }

  /** How many entries were written again. */
  long repaired() {
    return repaired.sum();
  }

  private synchronized void lost() {
    long from = Math.min(wanted.since, time.wallClockTime() - RECENT.toMillis());
    wanted = new Wanted(from, wanted.losses + 1);
    failures = 0;
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
    Wanted now = wanted();
    boolean tried = false;
    boolean done = false;
    try {
      if (guard.isAtRest()) {
        tried = true;
        long before = repaired();
        // What a transaction without an end has locked cannot be written again.
        done = orphans.end() && run(now.since);
        long count = repaired() - before;
        if (done && count > 0) {
          LOGGER.log(System.Logger.Level.INFO, Messages.copiesRepaired(cache.getName(), count));
        }
      }
    } catch (RuntimeException e) {
      // The cache stops, or is not whole; in the latter case it is worth another look.
      LOGGER.log(System.Logger.Level.DEBUG, "no look at what a lost member left behind", e);
    } finally {
      looked(now, tried, done);
    }
  }

  private synchronized Wanted wanted() {
    return wanted;
  }

  private synchronized void looked(Wanted then, boolean tried, boolean done) {
    // Another member may have been lost meanwhile.
    if (done && wanted.equals(then)) {
      wanted = new Wanted(NOTHING, then.losses);
    }
    looking = wanted.since != NOTHING;
    if (looking) {
      failures = tried && !done ? failures + 1 : 0;
      if (failures == FAILURES_TO_WARN) {
        LOGGER.log(System.Logger.Level.WARNING, Messages.copiesLeft(cache.getName()));
      }
      lookIn(pause(failures));
    }
  }

  private static Duration pause(int failures) {
    Duration pause = POLL.multipliedBy(1L << Math.min(failures, 6));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /**
   * As {@link #run}, for everything: for what two sides of a split left, each of which wrote for
   * long.
   *
   * @return whether all of it succeeded, with the cluster at rest from the beginning to the end
   */
  boolean runOnEverything() {
    return run(EVERYTHING);
  }

  /**
   * Writes again what this node is the primary owner of and has had since then, and brings what it
   * has as a backup to the primary owner if that lacks it. After a run in which some entries
   * failed, with nothing changed in the cluster since, those alone.
   *
   * @param from in milliseconds since 1970
   * @return whether all of it succeeded, with the cluster at rest from the beginning to the end
   */
  boolean run(long from) {
    TopologySnapshot begin = guard.now();
    long losses = wanted().losses;
    Left before = left;
    left = null;
    Set<Object> failed = new HashSet<>();
    // While no member is lost, what was written again stays the same everywhere.
    boolean atRest =
        (before != null && before.isFrom(from, begin, losses))
            ? runOn(before.keys, failed)
            : runOn(cache.getDataContainer(), from, failed);
    if (!atRest || !guard.isAtRest() || !guard.now().equals(begin)) {
      return false;
    }
    if (!failed.isEmpty()) {
      left = new Left(from, begin, losses, failed);
    }
    return failed.isEmpty();
  }

  private boolean runOn(
      Iterable<InternalCacheEntry<String, String>> stored, long from, Set<Object> failed) {
    for (InternalCacheEntry<String, String> entry : stored) {
      if (!guard.isAtRest()) {
        return false;
      }
      // Of an entry that never expires Infinispan keeps no time.
      if ((entry.getCreated() >= from || entry.getLifespan() < 0) && !repair(entry.getKey())) {
        failed.add(entry.getKey());
      }
    }
    return true;
  }

  private boolean runOn(Set<Object> storedKeys, Set<Object> failed) {
    for (Object storedKey : storedKeys) {
      if (!guard.isAtRest()) {
        return false;
      }
      if (!repair(storedKey)) {
        failed.add(storedKey);
      }
    }
    return true;
  }

  private boolean repair(Object storedKey) {
    String key = key(storedKey);
    if (key == null) {
      return true;
    }
    LocalizedCacheTopology topology = cache.getDistributionManager().getCacheTopology();
    DistributionInfo owners = topology.getDistribution(storedKey);
    try {
      if (owners.isPrimary()) {
        return writeAgain(storedKey, key);
      }
      return !owners.isWriteOwner() || agree(storedKey, key);
    } catch (RuntimeException e) {
      // The others may well succeed.
      LOGGER.log(System.Logger.Level.DEBUG, "an entry could not be written again", e);
      return false;
    }
  }

  private boolean writeAgain(Object storedKey, String key) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Entries.Value present = present(storedKey);
      if (present == null) {
        return true;
      }
      if (entries.replace(key, present.text(), present)) {
        repaired.increment();
        return true;
      }
      // Somebody has written it meanwhile; in the old topology perhaps, so that is repaired too.
    }
    return false;
  }

  /** Brings what this node has as a backup and what the primary owner has together. */
  private boolean agree(Object storedKey, String key) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Entries.Value mine = present(storedKey);
      String theirs = mine == null ? null : entries.createOrGet(key, mine);
      if (mine == null || (theirs != null && !InDoubtWrites.isBuiltOn(mine.text(), theirs))) {
        // The same, or something that the primary owner has had for as short a time and writes
        // again by itself.
        return true;
      }
      if (theirs == null || entries.replace(key, theirs, mine)) {
        repaired.increment();
        return true;
      }
    }
    return false;
  }

  /** What this node has, with the rest of its lifespan; null if that is nothing. */
  private Entries.@Nullable Value present(Object storedKey) {
    DataContainer<String, String> container = cache.getDataContainer();
    InternalCacheEntry<String, String> entry = container.peek(storedKey);
    if (entry == null) {
      return null;
    }
    Object value;
    long lifespan;
    long expires;
    // The cache changes an entry in place, and holds it meanwhile.
    synchronized (entry) {
      value = entry.getValue();
      lifespan = entry.getLifespan();
      expires = entry.getExpiryTime();
    }
    long rest = lifespan < 0 ? -1 : expires - time.wallClockTime();
    if (value == null || (lifespan >= 0 && rest <= 0)) {
      return null;
    }
    String text = (String) cache.getValueDataConversion().fromStorage(value);
    return new Entries.Value(text, rest);
  }

  /** The key, if it is one of the stores that are covered; others may share the cache. */
  private @Nullable String key(Object storedKey) {
    try {
      // As it is stored, which in a server's container is not what was put in.
      return cache.getKeyDataConversion().fromStorage(storedKey) instanceof String key
              && namespaces.stream().anyMatch(key::startsWith)
          ? key
          : null;
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "a key that this application cannot read", e);
      return null;
    }
  }

  /** Listens no more. */
  @Override
  public void close() {
    namespaces.clear();
    try {
      manager.removeListener(listener);
    } catch (RuntimeException e) {
      // Whoever owns the manager stopped it before, and its listeners with it.
      LOGGER.log(System.Logger.Level.DEBUG, "the listener is gone already", e);
    }
  }
}
