package org.typedsession.infinispan.entry;

import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.CacheException;
import org.infinispan.transaction.impl.LocalTransaction;
import org.jspecify.annotations.Nullable;

/**
 * The atomic steps on a cache that the algorithm is made of. How they are made atomic is what
 * differs between a transactional cache and one without transactions.
 *
 * <p>A cache may make a command again of which the first answer was lost, and so may a caller. A
 * step that finds its own value has taken effect, and answers like one that has just done so. That
 * is sound because two writes never have equal values: each live value has a mark of its own
 * ({@link StoredEntry.Live#writeId}), and tombstones that are equal say the same.
 *
 * <p>Every lifespan is in milliseconds and passed with every write: Infinispan makes an entry
 * written without one immortal. What the cache throws comes out as it is; whoever calls finds out
 * what became of the write.
 */
public interface Entries {
  /** How a remap ended. */
  enum Remap {
    /** Both entries were written. */
    WRITTEN,
    /** There is an entry under the new key already; nothing was written. */
    TAKEN,
    /** The old key does not hold what was expected; nothing was written. */
    CHANGED,
    /**
     * The old key did not hold what was expected, and that says nothing. The new entry is there,
     * unconfirmed or not.
     */
    IN_DOUBT
  }

  /**
   * The two entries of a remap.
   *
   * @param live what the new key holds afterwards
   * @param expected what the old key must hold
   * @param tombstone what the old key holds afterwards
   */
  record Remapping(String newKey, Value live, String oldKey, Value expected, Value tombstone) {}

  /**
   * A value and for how long the cache is to keep it.
   *
   * @param text made by {@link EntryFormat}, as a rule
   */
  record Value(String text, long lifespan) {
    /** Without the text, which has a session's data. */
    @Override
    public String toString() {
      return "Value[" + text.length() + " bytes, " + lifespan + " ms]";
    }
  }

  /** The transaction was rolled back for certain, as an optimistic cache does with a conflict. */
  final class RolledBackException extends CacheException {
    private static final long serialVersionUID = 1L;

    RolledBackException(Exception cause) {
      super("the transaction was rolled back", cause);
    }
  }

  /** The steps on a cache without transactions. An interrupt of the thread does not reach them. */
  static Entries plain(AdvancedCache<String, String> cache) {
    return new UninterruptedEntries(new PlainEntries(cache, OwnTransactions.of(cache)), false);
  }

  /**
   * The steps on a cache with transactions. An interrupt of the thread does not reach the reads.
   * After a write the thread stays interrupted, since a transaction that may be undone on some
   * nodes only must not be made again now.
   *
   * @param onEnd told of each transaction that has written something, when it has ended in whatever
   *     way
   */
  static Entries transactional(
      AdvancedCache<String, String> cache, Consumer<LocalTransaction> onEnd) {
    return new UninterruptedEntries(new TransactionalEntries(cache, onEnd), true);
  }

  /** What is stored, by the first owner that answers; null if nothing is. */
  @Nullable String get(String key);

  /** What {@link #get} finds, with the rest of its lifespan. */
  @Nullable Value getWithLifespan(String key);

  /**
   * What the primary owner has, whose word decides conditional writes. An owner that is not the
   * primary answers {@link #get} from its own copy, and another node asks any owner; while owners
   * change these may be behind. On a transactional cache the same as {@link #get}.
   */
  @Nullable String getFromPrimary(String key);

  /**
   * Writes a new entry, unless there is one.
   *
   * @return whether it was written, now or by an earlier attempt
   */
  boolean create(String key, Value value);

  /**
   * Writes a new entry, or gives what the primary owner has.
   *
   * @return what is there; null if that is {@code value} now
   */
  @Nullable String createOrGet(String key, Value value);

  /**
   * Replaces the entry if it holds exactly {@code expected}.
   *
   * @return whether it holds {@code value} then, by this attempt or by an earlier one; false also
   *     where an earlier attempt succeeded and somebody has overwritten it since
   */
  boolean replace(String key, String expected, Value value);

  /**
   * Creates the entry of the new key and replaces that of the old key, both or neither, in a
   * transaction.
   *
   * @param isRefusal asked when the old entry is refused: whether somebody else's write was faster
   * @throws org.typedsession.SessionStoreUnavailableException if it was certainly not made, though
   *     nobody else's write was faster
   */
  Remap remap(Remapping remapping, BooleanSupplier isRefusal);

  /**
   * Removes what a remap that took no effect, and will not, may have left under the new key. If
   * this fails it stays there, unconfirmed, until its lifespan is over.
   */
  void withdraw(Remapping remapping);

  /**
   * Writes an entry, whatever is there. Of several writers at once any may win, and after a failure
   * copies may differ: only for what may be lost.
   */
  void put(String key, Value value);

  /** Visits what is stored on all nodes; an entry that comes or goes meanwhile may be missed. */
  void forEach(BiConsumer<String, String> visitor);

  /** Visits what this node is the primary owner of, without asking others. */
  void forEachOwned(BiConsumer<String, String> visitor);
}
