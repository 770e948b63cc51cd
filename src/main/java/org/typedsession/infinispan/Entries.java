package org.typedsession.infinispan;

import java.util.function.BiConsumer;
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
interface Entries {
  /** How a remap ended. */
  enum Remap {
    /** Both entries were written. */
    WRITTEN,
    /** There is an entry under the new key already; nothing was written. */
    TAKEN,
    /** The old key does not hold what was expected; nothing was written. */
    CHANGED
  }

  /** A value and for how long the cache is to keep it. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; only its bytes are.
  record Value(byte[] bytes, long lifespan) {}

  byte @Nullable [] get(String key);

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
  byte @Nullable [] createOrGet(String key, Value value);

  /**
   * Replaces the entry if it holds exactly {@code expected}.
   *
   * @return whether it holds {@code value} then, by this attempt or by an earlier one; false also
   *     where an earlier attempt succeeded and somebody has overwritten it since
   */
  boolean replace(String key, byte[] expected, Value value);

  /**
   * Creates the entry of {@code newKey} and replaces that of {@code oldKey}, both or neither.
   *
   * @param expected what the old key must hold
   * @param tombstone what it holds afterwards
   */
  Remap remap(String newKey, Value live, String oldKey, byte[] expected, Value tombstone);

  /**
   * Writes an entry, whatever is there. Of several writers at once any may win, and after a failure
   * copies may differ: only for what may be lost.
   */
  void put(String key, Value value);

  /** Visits what is stored on all nodes; an entry that comes or goes meanwhile may be missed. */
  void forEach(BiConsumer<String, byte[]> visitor);

  /** Visits what this node is the primary owner of, without asking others. */
  void forEachOwned(BiConsumer<String, byte[]> visitor);
}
