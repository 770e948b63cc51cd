package org.typedsession.infinispan.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.cluster.InDoubtWrites.Outcome;
import org.typedsession.infinispan.entry.Entries;
import org.typedsession.infinispan.entry.Entries.RolledBackException;

/**
 * Writes whose answer can be passed on: each is made, or is refused for certain. Those that try
 * once, or are a hint, are not: they are for what may be lost.
 *
 * <p>This is the one place that doubts. A cache may report a success that one side of a split has
 * to take back, a refusal that is due to its own second attempt, or nothing at all. An answer
 * counts if the cluster was the same before and after it ({@link AcknowledgementGuard}), and a
 * refusal only if somebody else's write is there as well. All else is in doubt, and is resolved
 * ({@link InDoubtWrites}).
 *
 * <p>Each method throws {@link SessionStoreUnavailableException} if it cannot be told in time what
 * became of the write, or if it was certainly not made and nobody refused it. Safe for use by many
 * threads.
 */
public final class DecidedWrites {
  private static final long MADE_AGAIN_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(5).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(200).toNanos();

  private final Entries entries;
  private final AcknowledgementGuard guard;
  private final InDoubtWrites inDoubt;

  DecidedWrites(Entries entries, AcknowledgementGuard guard, InDoubtWrites inDoubt) {
    this.entries = entries;
    this.guard = guard;
    this.inDoubt = inDoubt;
  }

  /** What became of a write. */
  public enum Decision {
    /** It is stored. */
    WRITTEN,
    /** It is not: something else was there, or nothing where something was expected. */
    REFUSED,
    /** A remap is not stored: the new id is somebody else's. */
    TAKEN
  }

  /** Writes a new entry. */
  public Decision create(String key, Entries.Value own) {
    return decide(new Creation(key, own));
  }

  /** Replaces an entry that holds {@code expected}. */
  public Decision replace(String key, Entries.Value expected, Entries.Value own) {
    return decide(new Replacement(key, expected, own));
  }

  /**
   * Writes the two entries of a remap.
   *
   * @param undone as what is expected, but another write: what the old key gets if it cannot be
   *     told in time whether it has moved, and it has not
   */
  public Decision remap(Entries.Remapping remapping, Entries.Value undone) {
    return decide(new RemapOfTwo(remapping, undone));
  }

  /**
   * Tries once to write a new entry, whatever the cluster does meanwhile: for what may be lost.
   *
   * @return whether the cache says that it is stored
   */
  public boolean tryToCreate(String key, Entries.Value own) {
    try {
      return entries.create(key, own);
    } catch (RolledBackException e) {
      return false;
    } catch (RuntimeException e) {
      throw CacheFailures.unavailable(e);
    }
  }

  /**
   * Tries once to replace an entry, whatever the cluster does meanwhile: for what may be lost.
   *
   * @return whether the cache says that it is stored
   * @throws RuntimeException as the cache throws it; then it may be stored
   */
  public boolean tryToReplace(String key, String expected, Entries.Value own) {
    return entries.replace(key, expected, own);
  }

  /**
   * Writes an entry, whatever is there: a hint, which may be lost.
   *
   * @throws RuntimeException as the cache throws it; then it may be stored
   */
  public void hint(String key, Entries.Value own) {
    entries.put(key, own);
  }

  /**
   * Has {@code key} hold {@code next} in place of {@code left}, if an earlier attempt of the same
   * caller has left that there.
   */
  public void takeOver(String key, Entries.Value left, Entries.Value next) {
    inDoubt.replace(key, left, next, false);
  }

  private Decision decide(Write write) {
    long begin = System.nanoTime();
    long pause = FIRST_PAUSE_NANOS;
    while (true) {
      requireAnswers(write);
      try {
        return decideOnce(write);
      } catch (RolledBackException e) {
        // It was certainly not made, and can be made again. An entry that is replaced by itself
        // meanwhile, as all that ask for a tombstone do, is enough for a rollback.
        if (System.nanoTime() - begin > MADE_AGAIN_NANOS
            || Thread.currentThread().isInterrupted()) {
          throw CacheFailures.unavailable(e);
        }
        LockSupport.parkNanos(pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2));
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      }
    }
  }

  /**
   * @throws RolledBackException if the write was certainly not made, and nothing refused it
   */
  private Decision decideOnce(Write write) {
    TopologySnapshot begin = begin();
    @Nullable RuntimeException failure = null;
    try {
      @Nullable Decision decision = write.tryOnce(begin);
      if (decision != null) {
        return decision;
      }
    } catch (SessionStoreUnavailableException e) {
      throw e;
    } catch (RolledBackException e) {
      if (write.isAsBefore()) {
        throw e;
      }
      @Nullable Decision decision = write.afterRollback();
      if (decision != null) {
        return decision;
      }
      failure = e;
    } catch (RuntimeException e) {
      failure = e;
    }
    return switch (write.resolve()) {
      case WRITTEN -> Decision.WRITTEN;
      case REFUSED -> Decision.REFUSED;
      case TAKEN -> Decision.TAKEN;
      case UNKNOWN -> throw CacheFailures.outcomeUnknown(failure);
    };
  }

  private TopologySnapshot begin() {
    try {
      return guard.now();
    } catch (RuntimeException e) {
      // The cache manager was stopped, and nothing is written.
      throw CacheFailures.unavailable(e);
    }
  }

  // Before anything is written. Otherwise one silent node would hold the thread of every request
  // that needs it.
  private void requireAnswers(Write write) {
    if (!guard.awaitCurrent()) {
      throw guard.notCurrent();
    }
    for (String key : write.keys()) {
      if (guard.isSilent(key)) {
        throw new SessionStoreUnavailableException(
            "the node that decides on this session has not answered for a while", null);
      }
    }
  }

  private @Nullable String stored(String key) {
    try {
      return entries.get(key);
    } catch (RuntimeException e) {
      throw CacheFailures.unavailable(e);
    }
  }

  /** One write, for one call. */
  private sealed interface Write {
    /** Of the entries that it writes. */
    List<String> keys();

    /**
     * Makes it.
     *
     * @return null if what the cache answered does not count
     */
    @Nullable Decision tryOnce(TopologySnapshot begin);

    /** Whether what this node sees is what the write expects. */
    boolean isAsBefore();

    /**
     * What a rollback says, by which an optimistic cache tells a conflict as well as a failure, if
     * not all is as before.
     *
     * @return null if that is in doubt
     */
    @Nullable Decision afterRollback();

    Outcome resolve();
  }

  private final class Creation implements Write {
    private final String key;
    private final Entries.Value own;

    Creation(String key, Entries.Value own) {
      this.key = key;
      this.own = own;
    }

    @Override
    public List<String> keys() {
      return List.of(key);
    }

    @Override
    public @Nullable Decision tryOnce(TopologySnapshot begin) {
      boolean created = entries.create(key, own);
      boolean told = created || inDoubt.isRefusal(key, null, own);
      // Last, so that it holds for all that was asked.
      return !guard.believes(created, begin) || !told
          ? null
          : created ? Decision.WRITTEN : Decision.REFUSED;
    }

    @Override
    public boolean isAsBefore() {
      return stored(key) == null;
    }

    @Override
    public @Nullable Decision afterRollback() {
      return InDoubtWrites.refuses(stored(key), null, own) ? Decision.REFUSED : null;
    }

    @Override
    public Outcome resolve() {
      return inDoubt.create(key, own);
    }
  }

  private final class Replacement implements Write {
    private final String key;
    private final Entries.Value expected;
    private final Entries.Value own;
    private boolean refused;

    Replacement(String key, Entries.Value expected, Entries.Value own) {
      this.key = key;
      this.expected = expected;
      this.own = own;
    }

    @Override
    public List<String> keys() {
      return List.of(key);
    }

    @Override
    public @Nullable Decision tryOnce(TopologySnapshot begin) {
      // The one atomic step: whoever replaces the whole value that was read has written.
      boolean replaced = entries.replace(key, expected.text(), own);
      boolean told = replaced || inDoubt.isRefusal(key, expected, own);
      boolean believed = guard.believes(replaced, begin);
      refused = believed && !replaced;
      return !believed || !told ? null : replaced ? Decision.WRITTEN : Decision.REFUSED;
    }

    @Override
    public boolean isAsBefore() {
      return expected.text().equals(stored(key));
    }

    @Override
    public @Nullable Decision afterRollback() {
      return InDoubtWrites.refuses(stored(key), expected, own) ? Decision.REFUSED : null;
    }

    @Override
    public Outcome resolve() {
      return inDoubt.replace(key, expected, own, refused);
    }
  }

  private final class RemapOfTwo implements Write {
    private final Entries.Remapping remapping;
    private final Entries.Value undone;

    RemapOfTwo(Entries.Remapping remapping, Entries.Value undone) {
      this.remapping = remapping;
      this.undone = undone;
    }

    @Override
    public List<String> keys() {
      return List.of(remapping.newKey(), remapping.oldKey());
    }

    @Override
    public @Nullable Decision tryOnce(TopologySnapshot begin) {
      Entries.Remap remap =
          entries.remap(remapping, () -> isRefusal() && guard.believes(false, begin));
      return switch (remap) {
        case WRITTEN -> guard.believes(true, begin) ? Decision.WRITTEN : null;
        case TAKEN -> isTaken() && guard.believes(false, begin) ? Decision.TAKEN : null;
        // It was asked before the intent was withdrawn.
        case CHANGED -> Decision.REFUSED;
        case IN_DOUBT -> null;
      };
    }

    private boolean isTaken() {
      return inDoubt.isRefusal(remapping.newKey(), null, remapping.live());
    }

    private boolean isRefusal() {
      return inDoubt.isRefusal(remapping.oldKey(), remapping.expected(), remapping.tombstone());
    }

    @Override
    public boolean isAsBefore() {
      return stored(remapping.newKey()) == null && tombstone().isAsBefore();
    }

    @Override
    public @Nullable Decision afterRollback() {
      String taken = stored(remapping.newKey());
      if (InDoubtWrites.refuses(taken, null, remapping.live())) {
        return Decision.TAKEN;
      }
      return taken == null ? tombstone().afterRollback() : null;
    }

    private Replacement tombstone() {
      return new Replacement(remapping.oldKey(), remapping.expected(), remapping.tombstone());
    }

    @Override
    public Outcome resolve() {
      Outcome outcome = inDoubt.remap(remapping, undone);
      if (outcome == Outcome.REFUSED) {
        entries.withdraw(remapping);
      }
      return outcome;
    }
  }
}
