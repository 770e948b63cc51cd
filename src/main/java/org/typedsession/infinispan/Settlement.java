package org.typedsession.infinispan;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of writes that the cache did not answer for, or answered for while the
 * cluster changed.
 *
 * <p>Such a write may be on one copy of the entry and not on the other: what a node reads says
 * nothing of the other copy. So it is made again once the cluster is at rest. Every value is
 * unique, so that making a write again is harmless, and an entry that holds it is replaced by
 * itself, which brings it to all copies.
 *
 * <p>Where that does not succeed in time the caller goes on without an answer, and the copies are
 * brought together later.
 */
final class Settlement {
  private static final int MOST_REPAIRS = 10_000;
  private static final long REPAIR_DELAY_MILLIS = 1_000;

  /** What became of a write. */
  enum Outcome {
    /** It is stored, on all copies. */
    WRITTEN,
    /** Something else is stored; a write in place may have been overwritten since. */
    OVERTAKEN,
    /** It could not be told in time. */
    UNKNOWN
  }

  private final Entries entries;
  private final AcknowledgementGuard guard;
  private final ScheduledExecutorService clock;
  private final AtomicInteger repairs = new AtomicInteger();

  /**
   * @param clock runs repairs; may block
   */
  Settlement(Entries entries, AcknowledgementGuard guard, ScheduledExecutorService clock) {
    this.entries = entries;
    this.guard = guard;
    this.clock = clock;
  }

  /** Settles the write of a new entry. */
  Outcome create(String key, Entries.Value own) {
    return untilTold(() -> outcome(isCreated(key, own)));
  }

  /** Settles a replacement. Where it cannot be told, it is undone if it took no effect yet. */
  Outcome replace(String key, Entries.Value expected, Entries.Value own) {
    Outcome outcome = untilTold(() -> outcome(isReplaced(key, expected, own)));
    if (outcome == Outcome.UNKNOWN) {
      repair(() -> keeps(key, expected) || keeps(key, own));
    }
    return outcome;
  }

  /** Settles a replacement that is to be made even when nobody waits for it any more. */
  Outcome replaceSoonerOrLater(String key, Entries.Value expected, Entries.Value own) {
    Outcome outcome = untilTold(() -> outcome(isReplaced(key, expected, own)));
    if (outcome == Outcome.UNKNOWN) {
      repair(() -> isReplaced(key, expected, own));
    }
    return outcome;
  }

  /** Settles a remap, one entry after the other: its halves are harmless, in this order. */
  Outcome remap(
      String newKey,
      Entries.Value live,
      String oldKey,
      Entries.Value expected,
      Entries.Value tombstone) {
    Outcome outcome =
        untilTold(
            () -> outcome(isCreated(newKey, live) && isReplaced(oldKey, expected, tombstone)));
    if (outcome == Outcome.UNKNOWN) {
      repair(() -> keeps(oldKey, expected) || keeps(oldKey, tombstone));
    }
    return outcome;
  }

  private boolean isCreated(String key, Entries.Value own) {
    return entries.create(key, own) || keeps(key, own);
  }

  private boolean isReplaced(String key, Entries.Value expected, Entries.Value own) {
    return entries.replace(key, expected.bytes(), own) || keeps(key, own);
  }

  /** Whether the entry holds {@code value}; then all copies do. */
  private boolean keeps(String key, Entries.Value value) {
    return entries.replace(key, value.bytes(), value);
  }

  private static Outcome outcome(boolean written) {
    return written ? Outcome.WRITTEN : Outcome.OVERTAKEN;
  }

  private Outcome untilTold(Supplier<Outcome> attempt) {
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

  private @Nullable Outcome once(Supplier<Outcome> attempt) {
    if (!guard.isAtRest()) {
      return null;
    }
    int view = guard.view();
    try {
      Outcome outcome = attempt.get();
      return guard.holds(view) ? outcome : null;
    } catch (RuntimeException e) {
      return null;
    }
  }

  // Copies that differ stay so until somebody writes the entry again, and its owners would give
  // different answers. More repairs than this are not of single writes but of a cluster in ruins.
  private void repair(BooleanSupplier attempt) {
    if (repairs.incrementAndGet() > MOST_REPAIRS) {
      repairs.decrementAndGet();
      return;
    }
    clock.schedule(() -> repairOnce(attempt), REPAIR_DELAY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void repairOnce(BooleanSupplier attempt) {
    repairs.decrementAndGet();
    @Nullable Outcome outcome = once(() -> outcome(attempt.getAsBoolean()));
    // Whether it was ours or another's write that is stored: all copies have it now.
    if (outcome == null && !clock.isShutdown()) {
      repair(attempt);
    }
  }
}
