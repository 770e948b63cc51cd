package org.typedsession.infinispan;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.spi.StoreSize;

/**
 * How many sessions and tombstones of one store this node is the primary owner of.
 *
 * <p>Counted in the background, when somebody asks and the last count is older than {@link
 * #INTERVAL}, or, where there is much to count, than {@value #SHARE} times what it took. Sessions
 * that were begun here since then are added, so that the number of sessions may be too high for a
 * moment, but is not too low by what this node does.
 *
 * <p>Safe for use by many threads.
 */
final class EntryCount {
  /** For how long a count serves at least. */
  static final Duration INTERVAL = Duration.ofSeconds(5);

  // At most: what has room again is to be seen.
  static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);
  static final int SHARE = 50;

  private static final System.Logger LOGGER = System.getLogger(EntryCount.class.getName());

  private final Supplier<StoreSize> count;
  private final Executor background;
  private final InstantSource clock;
  private final AtomicBoolean counting = new AtomicBoolean();
  // Since the last count, and so not in it; of these, how many are stored.
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong stored = new AtomicLong();
  // Null until the first count.
  private volatile @Nullable Counted counted;

  private record Counted(StoreSize size, Instant at, Duration serves) {}

  /**
   * @param count looks at all entries of this node; may throw where the cache cannot answer
   * @param background where it does so but for the first time
   */
  EntryCount(Supplier<StoreSize> count, Executor background, InstantSource clock) {
    this.count = count;
    this.background = background;
    this.clock = clock;
  }

  /**
   * What there is.
   *
   * @throws RuntimeException if it was never counted and the cache cannot answer
   */
  StoreSize size() {
    StoreSize size = lastCounted();
    return new StoreSize(size.sessions() + begun.get(), size.tombstones());
  }

  /** A session is about to be begun; returns how many there were before. */
  long begin() {
    return lastCounted().sessions() + begun.getAndIncrement();
  }

  /** The session that {@link #begin} told of is stored. */
  void stored() {
    stored.incrementAndGet();
  }

  /** The session that {@link #begin} told of came to nothing. */
  void notBegun() {
    begun.decrementAndGet();
  }

  private StoreSize lastCounted() {
    Counted last = counted;
    if (last == null) {
      return firstCount();
    }
    // Both ways: a clock that was set back must not keep a count for long.
    if (Duration.between(last.at, clock.instant()).abs().compareTo(last.serves) >= 0
        && counting.compareAndSet(false, true)) {
      background.execute(this::recount);
    }
    return last.size;
  }

  private void recount() {
    try {
      countNow();
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "sessions could not be counted", e);
    } finally {
      counting.set(false);
    }
  }

  // By one of those who ask; the others wait for it.
  private synchronized StoreSize firstCount() {
    Counted last = counted;
    return last == null ? countNow() : last.size;
  }

  private synchronized StoreSize countNow() {
    // Before the entries are looked at: what is stored meanwhile may count twice, not never.
    long known = stored.get();
    Instant begin = clock.instant();
    StoreSize size = count.get();
    Instant end = clock.instant();
    counted = new Counted(size, end, serves(Duration.between(begin, end)));
    begun.addAndGet(-known);
    stored.addAndGet(-known);
    return size;
  }

  private static Duration serves(Duration took) {
    Duration wanted = took.multipliedBy(SHARE);
    if (wanted.compareTo(INTERVAL) < 0) {
      return INTERVAL;
    }
    return wanted.compareTo(LONGEST_INTERVAL) < 0 ? wanted : LONGEST_INTERVAL;
  }
}
