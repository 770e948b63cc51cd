package org.typedsession.infinispan.cluster;

import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;
import org.typedsession.infinispan.entry.Entries;

/**
 * Reads that can be passed on: the cluster counted this node in from before a read until after it
 * ({@link MembershipLease}), so that nobody can have gone on without it meanwhile.
 *
 * <p>Each method throws {@link SessionStoreUnavailableException} if that is not so, or if the cache
 * fails. Safe for use by many threads.
 */
public final class CurrentReads {
  private final Entries entries;
  private final AcknowledgementGuard guard;

  CurrentReads(Entries entries, AcknowledgementGuard guard) {
    this.entries = entries;
    this.guard = guard;
  }

  /** What is stored, by the first owner that answers; null if nothing is. */
  public @Nullable String get(String key) {
    return current(() -> entries.get(key));
  }

  /** As {@link #get}, by the primary owner, whose word decides writes. */
  public @Nullable String getFromPrimary(String key) {
    return current(() -> entries.getFromPrimary(key));
  }

  private @Nullable String current(Supplier<@Nullable String> reading) {
    for (int attempt = 0; attempt < 2; attempt++) {
      if (!guard.awaitCurrent()) {
        throw guard.notCurrent();
      }
      long term = guard.term();
      String text = read(reading);
      // In the same term: a lease that was lost and held again says nothing of the time between.
      if (guard.isCurrent() && guard.term() == term) {
        return text;
      }
    }
    throw guard.notCurrent();
  }

  private static <T extends @Nullable Object> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException e) {
      throw CacheFailures.unavailable(e);
    }
  }

  /**
   * What {@link #get} finds, with the rest of its lifespan, whether or not this node is counted in:
   * for a write by which that is found out.
   */
  public Entries.@Nullable Value getToReplace(String key) {
    return CurrentReads.<Entries.@Nullable Value>read(() -> entries.getWithLifespan(key));
  }

  /** Visits what is stored on all nodes; an entry that comes or goes meanwhile may be missed. */
  public void forEach(BiConsumer<String, String> visitor) {
    long term = guard.term();
    try {
      entries.forEach(visitor);
    } catch (SessionStoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      throw CacheFailures.unavailable(e);
    }
    if (!guard.isCurrent() || guard.term() != term) {
      throw guard.notCurrent();
    }
  }

  /**
   * Visits what this node is the primary owner of, without asking others, whether or not it is
   * counted in.
   */
  public void forEachOwned(BiConsumer<String, String> visitor) {
    try {
      entries.forEachOwned(visitor);
    } catch (RuntimeException e) {
      throw CacheFailures.unavailable(e);
    }
  }

  /**
   * Looks again until {@code condition} holds, for as long as a transaction may take.
   *
   * @return whether it came to that in time
   */
  public boolean await(BooleanSupplier condition) {
    return guard.await(condition);
  }
}
