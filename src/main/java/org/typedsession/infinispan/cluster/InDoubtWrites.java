package org.typedsession.infinispan.cluster;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.infinispan.entry.EntryFormat;

/**
 * Finds out what became of writes that the cache did not answer for, or answered for while the
 * cluster changed.
 *
 * <p>Such a write may be on one copy of the entry and not on the other: what a node reads says
 * nothing of the other copy. So it is made again once the cluster is whole. Every value is unique,
 * so that making a write again is harmless, and an entry that holds it is replaced by itself, which
 * brings it to all copies.
 *
 * <p>Where that does not succeed in time the caller goes on without an answer, and the copies are
 * brought together later.
 */
final class InDoubtWrites {
  private static final int MOST_REPAIRS = 10_000;
  private static final long REPAIR_DELAY_MILLIS = 1_000;
  // While the cluster is whole. What was expected may never come back, because the owner that alone
  // had it has died.
  private static final int TRIES_TO_REPAIR = 30;

  /** What became of a write. */
  enum Outcome {
    /** It is stored, on all copies. */
    WRITTEN,
    /** It took no effect and will not: somebody else's write came first. */
    REFUSED,
    /** A remap took no effect and will not: the new id is somebody else's. */
    TAKEN,
    /** It could not be told in time. */
    UNKNOWN
  }

  /** What is stored where a write was refused. */
  private enum Found {
    /**
     * What the write expected, what that was built on, or the write itself: the refusal says
     * nothing.
     */
    NOBODY_ELSES,
    /** What somebody made of this very write. */
    BUILT_ON_IT,
    /** Something else, or nothing where something was expected. */
    SOMEBODY_ELSES
  }

  private final Entries entries;
  private final AcknowledgementGuard guard;
  private final ScheduledExecutorService clock;
  private final AtomicInteger repairs = new AtomicInteger();

  /**
   * @param clock runs repairs; may block
   */
  InDoubtWrites(Entries entries, AcknowledgementGuard guard, ScheduledExecutorService clock) {
    this.entries = entries;
    this.guard = guard;
    this.clock = clock;
  }

  /** Resolves the write of a new entry. */
  Outcome create(String key, Entries.Value own) {
    return untilTold(() -> created(key, own));
  }

  /**
   * Whether a refusal is one, by what this node sees and by what the primary owner has now. Where
   * the latter was built on what was expected, this node may well be behind.
   *
   * @see #refuses
   */
  boolean isRefusal(String key, Entries.@Nullable Value expected, Entries.Value own) {
    String stored = entries.getFromPrimary(key);
    return refuses(stored, expected, own)
        && (isFirst(stored, expected) || refuses(entries.get(key), expected, own));
  }

  /**
   * Whether a refusal is one: somebody else's write came first. Otherwise it says nothing and has
   * to be resolved. Either the write was made before, by Infinispan or by a caller in doubt, and
   * was refused because of itself. Or its owners differ: while the primary owner changes, a write
   * may be on one copy and on its way to another, and this node will see in a moment what came
   * first.
   *
   * @param stored what is there now
   * @param expected what the write was to replace; null if it was to be new
   */
  static boolean refuses(
      @Nullable String stored, Entries.@Nullable Value expected, Entries.Value own) {
    return find(stored, expected, own) == Found.SOMEBODY_ELSES;
  }

  private static Found find(
      @Nullable String stored, Entries.@Nullable Value expected, Entries.Value own) {
    if (stored == null) {
      return expected == null ? Found.NOBODY_ELSES : Found.SOMEBODY_ELSES;
    }
    if (stored.equals(own.text())
        || (expected != null
            && (stored.equals(expected.text()) || isBuiltOn(expected.text(), stored)))) {
      return Found.NOBODY_ELSES;
    }
    return isBuiltOn(stored, own.text()) ? Found.BUILT_ON_IT : Found.SOMEBODY_ELSES;
  }

  /** Whether one value took the place of another. */
  static boolean isBuiltOn(String later, String earlier) {
    long mark = EntryFormat.writeId(earlier);
    // Nothing replaces a tombstone, and what was written first replaced nothing: both have a 0.
    return mark != 0 && EntryFormat.decode(later).replaces() == mark;
  }

  /**
   * Resolves a replacement. Where nobody waits for it any more it is made none the less.
   *
   * @param refused whether it was tried, and refused for certain
   */
  Outcome replace(String key, Entries.Value expected, Entries.Value own, boolean refused) {
    AtomicBoolean mayBeDone = new AtomicBoolean(!refused);
    Supplier<@Nullable Outcome> attempt =
        () -> {
          TopologySnapshot begin = guard.now();
          boolean couldBeDone = mayBeDone.getAndSet(true);
          if (entries.replace(key, expected.text(), own)) {
            return Outcome.WRITTEN;
          }
          mayBeDone.set(couldBeDone || !guard.believes(false, begin));
          return judge(key, expected, own, mayBeDone.get());
        };
    Outcome outcome = untilTold(attempt);
    if (outcome == Outcome.UNKNOWN) {
      repair(
          () ->
              entries.replace(key, expected.text(), own)
                  ? Outcome.WRITTEN
                  : judge(key, expected, own, true));
    }
    return outcome;
  }

  /**
   * Resolves a remap, one entry after the other: its halves are harmless, in this order. Where
   * nobody waits for it any more it is undone if it took no effect yet, since nobody has the new
   * id.
   *
   * @param undone as what is expected, but another write: the first attempt, which may be waiting
   *     somewhere, could otherwise replace it yet
   */
  Outcome remap(Entries.Remapping remapping, Entries.Value undone) {
    String oldKey = remapping.oldKey();
    Entries.Value expected = remapping.expected();
    Entries.Value tombstone = remapping.tombstone();
    Outcome outcome =
        untilTold(
            () -> {
              @Nullable Outcome created = created(remapping.newKey(), remapping.live());
              if (created != Outcome.WRITTEN) {
                return created == Outcome.REFUSED ? Outcome.TAKEN : created;
              }
              // A tombstone is never overwritten: where it is not, it never was.
              return entries.replace(oldKey, expected.text(), tombstone)
                  ? Outcome.WRITTEN
                  : judge(oldKey, expected, tombstone, false);
            });
    if (outcome == Outcome.UNKNOWN) {
      repair(
          () ->
              entries.replace(oldKey, expected.text(), undone)
                      || entries.replace(oldKey, tombstone.text(), tombstone)
                  ? Outcome.WRITTEN
                  : judge(oldKey, expected, undone, true));
    }
    return outcome;
  }

  private @Nullable Outcome created(String key, Entries.Value own) {
    return entries.create(key, own) ? Outcome.WRITTEN : judge(key, null, own, true);
  }

  /**
   * Tells by what is there now what became of a write that was refused.
   *
   * @param mayBeDone whether an earlier attempt may have succeeded, and somebody overwritten it
   * @return null if this has to be asked again
   */
  private @Nullable Outcome judge(
      String key, Entries.@Nullable Value expected, Entries.Value own, boolean mayBeDone) {
    String stored = entries.getFromPrimary(key);
    Found there = find(stored, expected, own);
    boolean first = there == Found.SOMEBODY_ELSES && isFirst(stored, expected);
    Found here = first ? there : find(entries.get(key), expected, own);
    if (here == Found.BUILT_ON_IT || there == Found.BUILT_ON_IT) {
      return isOnAllCopies(key) ? Outcome.WRITTEN : null;
    }
    if (here == Found.NOBODY_ELSES || there == Found.NOBODY_ELSES) {
      return null;
    }
    return first || !mayBeDone ? Outcome.REFUSED : Outcome.UNKNOWN;
  }

  /**
   * Brings what is there to all copies. What was built on a write may be where that write was, on
   * the primary owner alone, and would be gone with it.
   */
  private boolean isOnAllCopies(String key) {
    Entries.@Nullable Value stored = entries.getWithLifespan(key);
    return stored != null && entries.replace(key, stored.text(), stored);
  }

  /** Whether what is stored took the place of {@code expected}, before any other could. */
  private static boolean isFirst(@Nullable String stored, Entries.@Nullable Value expected) {
    return stored != null
        && EntryFormat.decode(stored).replaces()
            == (expected == null ? 0 : EntryFormat.writeId(expected.text()));
  }

  private Outcome untilTold(Supplier<@Nullable Outcome> attempt) {
    Outcome[] told = {Outcome.UNKNOWN};
    guard.await(
        () -> {
          @Nullable Outcome outcome = once(attempt);
          if (outcome == null) {
            return false;
          }
          told[0] = outcome;
          return true;
        });
    return told[0];
  }

  private @Nullable Outcome once(Supplier<@Nullable Outcome> attempt) {
    try {
      if (!guard.isWhole()) {
        return null;
      }
      TopologySnapshot begin = guard.now();
      @Nullable Outcome outcome = attempt.get();
      return guard.believes(outcome == Outcome.WRITTEN, begin) ? outcome : null;
    } catch (RuntimeException e) {
      return null;
    }
  }

  // Copies that differ stay so until somebody writes the entry again, and its owners would give
  // different answers. More repairs than this are not of single writes but of a cluster in ruins.
  private void repair(Supplier<@Nullable Outcome> attempt) {
    repair(attempt, TRIES_TO_REPAIR);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // An attempt catches what it throws.
  private void repair(Supplier<@Nullable Outcome> attempt, int tries) {
    if (tries == 0) {
      return;
    }
    if (repairs.incrementAndGet() > MOST_REPAIRS) {
      repairs.decrementAndGet();
      return;
    }
    clock.schedule(() -> repairOnce(attempt, tries), REPAIR_DELAY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void repairOnce(Supplier<@Nullable Outcome> attempt, int tries) {
    repairs.decrementAndGet();
    boolean counts = guard.isWhole();
    // Whether it was ours or another's write that is stored: all copies have it now.
    if (once(attempt) == null && !clock.isShutdown()) {
      repair(attempt, counts ? tries - 1 : tries);
    }
  }
}
