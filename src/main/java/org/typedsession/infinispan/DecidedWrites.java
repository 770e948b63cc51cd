package org.typedsession.infinispan;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.Settlement.Outcome;
import org.typedsession.infinispan.TransactionalEntries.RolledBackException;

/**
 * Writes whose answer can be passed on: each is made, or is refused for certain.
 *
 * <p>This is the one place that doubts. A cache may report a success that one side of a split has
 * to take back, a refusal that is due to its own second attempt, or nothing at all. An answer
 * counts if the cluster was the same before and after it ({@link AcknowledgementGuard}), and a
 * refusal only if somebody else's write is there as well. All else is settled ({@link Settlement}).
 *
 * <p>Each method throws {@link SessionStoreUnavailableException} if it cannot be told in time what
 * became of the write, or if it was certainly not made and nobody refused it. Safe for use by many
 * threads.
 */
final class DecidedWrites {
  private final Entries entries;
  private final AcknowledgementGuard guard;
  private final Settlement settlement;

  DecidedWrites(Entries entries, AcknowledgementGuard guard, Settlement settlement) {
    this.entries = entries;
    this.guard = guard;
    this.settlement = settlement;
  }

  /** What became of a write. */
  enum Decision {
    /** It is stored. */
    WRITTEN,
    /** It is not: something else was there, or nothing where something was expected. */
    REFUSED,
    /** A remap is not stored: the new id is somebody else's. */
    TAKEN
  }

  /** Writes a new entry. */
  Decision create(String key, Entries.Value own) {
    return decide(new Creation(key, own));
  }

  /** Replaces an entry that holds {@code expected}. */
  Decision replace(String key, Entries.Value expected, Entries.Value own) {
    return decide(new Replacement(key, expected, own));
  }

  /**
   * Writes the two entries of a remap.
   *
   * @param undone as what is expected, but another write: what the old key gets if it cannot be
   *     told in time whether it has moved, and it has not
   */
  Decision remap(Entries.Remapping remapping, Entries.Value undone) {
    return decide(new RemapOfTwo(remapping, undone));
  }

  /**
   * Has {@code key} hold {@code next} in place of {@code left}, if an earlier attempt of the same
   * caller has left that there.
   */
  void takeOver(String key, Entries.Value left, Entries.Value next) {
    settlement.replace(key, left, next, false);
  }

  private Decision decide(Write write) {
    requireAnswers(write);
    AcknowledgementGuard.Moment begin = guard.now();
    @Nullable RuntimeException failure = null;
    try {
      @Nullable Decision decision = write.tryOnce(begin);
      if (decision != null) {
        return decision;
      }
    } catch (SessionStoreUnavailableException e) {
      throw e;
    } catch (RolledBackException e) {
      @Nullable Decision decision = write.afterRollback(e);
      if (decision != null) {
        return decision;
      }
      failure = e;
    } catch (RuntimeException e) {
      failure = e;
    }
    return switch (write.settle()) {
      case WRITTEN -> Decision.WRITTEN;
      case REFUSED -> Decision.REFUSED;
      case TAKEN -> Decision.TAKEN;
      case UNKNOWN -> throw StoredSessions.unknown(failure);
    };
  }

  // Before anything is written. Otherwise one silent node would hold the thread of every request
  // that needs it.
  private void requireAnswers(Write write) {
    if (!guard.awaitCurrent()) {
      throw StoredSessions.notCountedIn();
    }
    if (write.keys().stream().anyMatch(guard::isSilent)) {
      throw new SessionStoreUnavailableException(
          "the node that decides on this session has not answered for a while", null);
    }
  }

  private byte @Nullable [] stored(String key) {
    try {
      return entries.get(key);
    } catch (RuntimeException e) {
      throw StoredSessions.unavailable(e);
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
    @Nullable Decision tryOnce(AcknowledgementGuard.Moment begin);

    /**
     * What a rollback says, by which an optimistic cache tells a conflict as well as a failure.
     *
     * @return null if that has to be settled
     * @throws SessionStoreUnavailableException if it was a failure
     */
    @Nullable Decision afterRollback(RolledBackException cause);

    Outcome settle();
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
    public @Nullable Decision tryOnce(AcknowledgementGuard.Moment begin) {
      boolean created = entries.create(key, own);
      boolean told = created || settlement.isRefusal(key, null, own);
      // Last, so that it holds for all that was asked.
      return !guard.believes(created, begin) || !told
          ? null
          : created ? Decision.WRITTEN : Decision.REFUSED;
    }

    @Override
    public @Nullable Decision afterRollback(RolledBackException cause) {
      byte[] stored = stored(key);
      if (stored == null) {
        throw StoredSessions.unavailable(cause);
      }
      return Settlement.isRefusal(stored, null, own) ? Decision.REFUSED : null;
    }

    @Override
    public Outcome settle() {
      return settlement.create(key, own);
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
    public @Nullable Decision tryOnce(AcknowledgementGuard.Moment begin) {
      // The one atomic step: whoever replaces the whole value that was read has written.
      boolean replaced = entries.replace(key, expected.bytes(), own);
      boolean told = replaced || settlement.isRefusal(key, expected, own);
      boolean believed = guard.believes(replaced, begin);
      refused = believed && !replaced;
      return !believed || !told ? null : replaced ? Decision.WRITTEN : Decision.REFUSED;
    }

    @Override
    public @Nullable Decision afterRollback(RolledBackException cause) {
      byte[] stored = stored(key);
      if (Arrays.equals(stored, expected.bytes())) {
        throw StoredSessions.unavailable(cause);
      }
      return Settlement.isRefusal(stored, expected, own) ? Decision.REFUSED : null;
    }

    @Override
    public Outcome settle() {
      return settlement.replace(key, expected, own, refused);
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
    public @Nullable Decision tryOnce(AcknowledgementGuard.Moment begin) {
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
      return settlement.isRefusal(remapping.newKey(), null, remapping.live());
    }

    private boolean isRefusal() {
      return settlement.isRefusal(remapping.oldKey(), remapping.expected(), remapping.tombstone());
    }

    @Override
    public @Nullable Decision afterRollback(RolledBackException cause) {
      byte[] taken = stored(remapping.newKey());
      if (Settlement.isRefusal(taken, null, remapping.live())) {
        return Decision.TAKEN;
      }
      return taken == null
          ? new Replacement(remapping.oldKey(), remapping.expected(), remapping.tombstone())
              .afterRollback(cause)
          : null;
    }

    @Override
    public Outcome settle() {
      Outcome outcome = settlement.remap(remapping, undone);
      if (outcome == Outcome.REFUSED) {
        entries.withdraw(remapping);
      }
      return outcome;
    }
  }
}
