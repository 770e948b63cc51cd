package org.typedsession.infinispan;

import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
final class Settlement {
  private static final int MOST_REPAIRS = 10_000;
  private static final long REPAIR_DELAY_MILLIS = 1_000;

  /** What became of a write. */
  enum Outcome {
    /** It is stored, on all copies. */
    WRITTEN,
    /** It took no effect and will not: somebody else's write came first. */
    REFUSED,
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
    return untilTold(() -> isCreated(key, own) ? Outcome.WRITTEN : judge(key, 0, own));
  }

  /**
   * Whether this node still sees what a refused write expected. Either it will see in a moment what
   * came first, or its owners differ: while the primary owner changes, a write may be on one copy
   * and on its way to another, and the refusal says nothing.
   */
  boolean isStill(String key, Entries.Value expected) {
    return Arrays.equals(entries.get(key), expected.bytes());
  }

  /**
   * Settles a replacement. Where nobody waits for it any more it is made none the less.
   *
   * @param refused whether it was tried, and refused for certain
   */
  Outcome replace(String key, Entries.Value expected, Entries.Value own, boolean refused) {
    AtomicBoolean mayBeDone = new AtomicBoolean(!refused);
    Supplier<@Nullable Outcome> attempt =
        () -> {
          AcknowledgementGuard.Moment begin = guard.now();
          boolean couldBeDone = mayBeDone.getAndSet(true);
          if (isReplaced(key, expected, own)) {
            return Outcome.WRITTEN;
          }
          mayBeDone.set(couldBeDone || !guard.believes(false, begin));
          if (isStill(key, expected)) {
            return null;
          }
          return mayBeDone.get()
              ? judge(key, EntryFormat.writeId(expected.bytes()), own)
              : Outcome.REFUSED;
        };
    Outcome outcome = untilTold(attempt);
    if (outcome == Outcome.UNKNOWN) {
      repair(() -> isReplaced(key, expected, own));
    }
    return outcome;
  }

  /**
   * Settles a remap, one entry after the other: its halves are harmless, in this order. Where
   * nobody waits for it any more it is undone if it took no effect yet, since nobody has the new
   * id.
   *
   * @param undone as {@code expected}, but another write: the first attempt, which may be waiting
   *     somewhere, could otherwise replace it yet
   */
  Outcome remap(
      String newKey,
      Entries.Value live,
      String oldKey,
      Entries.Value expected,
      Entries.Value tombstone,
      Entries.Value undone) {
    // A tombstone is never overwritten: where it is not, it never was.
    Outcome outcome =
        untilTold(
            () ->
                isCreated(newKey, live) && isReplaced(oldKey, expected, tombstone)
                    ? Outcome.WRITTEN
                    : isStill(oldKey, expected) ? null : Outcome.REFUSED);
    if (outcome == Outcome.UNKNOWN) {
      repair(() -> isReplaced(oldKey, expected, undone) || keeps(oldKey, tombstone));
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

  /** Tells by the value that is there now whether {@code own} was there before it. */
  private Outcome judge(String key, long expectedId, Entries.Value own) {
    byte[] bytes = entries.get(key);
    if (bytes == null) {
      return Outcome.UNKNOWN;
    }
    long replaced = EntryFormat.decode(bytes).replaces();
    if (replaced == EntryFormat.writeId(own.bytes())) {
      return Outcome.WRITTEN;
    }
    return replaced == expectedId ? Outcome.REFUSED : Outcome.UNKNOWN;
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
      AcknowledgementGuard.Moment begin = guard.now();
      @Nullable Outcome outcome = attempt.get();
      return guard.believes(outcome == Outcome.WRITTEN, begin) ? outcome : null;
    } catch (RuntimeException e) {
      return null;
    }
  }

  // Copies that differ stay so until somebody writes the entry again, and its owners would give
  // different answers. More repairs than this are not of single writes but of a cluster in ruins.
  @SuppressWarnings("FutureReturnValueIgnored") // An attempt catches what it throws.
  private void repair(BooleanSupplier attempt) {
    if (repairs.incrementAndGet() > MOST_REPAIRS) {
      repairs.decrementAndGet();
      return;
    }
    clock.schedule(() -> repairOnce(attempt), REPAIR_DELAY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void repairOnce(BooleanSupplier attempt) {
    repairs.decrementAndGet();
    @Nullable Outcome outcome =
        once(() -> attempt.getAsBoolean() ? Outcome.WRITTEN : Outcome.REFUSED);
    // Whether it was ours or another's write that is stored: all copies have it now.
    if (outcome == null && !clock.isShutdown()) {
      repair(attempt);
    }
  }
}
