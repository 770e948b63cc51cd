package org.typedsession.infinispan;

import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.CacheException;
import org.infinispan.transaction.LockingMode;
import org.jspecify.annotations.Nullable;

/**
 * The atomic steps on a transactional cache, each in a transaction of its own.
 *
 * <p>A transaction of the caller is suspended meanwhile, so that neither its rollback nor its
 * isolation reaches a session.
 */
final class TransactionalEntries implements Entries {
  private final PlainEntries plain;
  private final TransactionManager transactions;
  private final boolean optimistic;
  private final KeyLocks locks = new KeyLocks();

  TransactionalEntries(AdvancedCache<String, String> cache) {
    this.plain = new PlainEntries(cache);
    this.transactions = cache.getTransactionManager();
    this.optimistic =
        cache.getCacheConfiguration().transaction().lockingMode() == LockingMode.OPTIMISTIC;
  }

  @Override
  public byte @Nullable [] get(String key) {
    return apart(() -> plain.get(key));
  }

  @Override
  public byte @Nullable [] createOrGet(String key, Value value) {
    byte @Nullable [][] present = {null};
    inTransaction(
        key,
        () -> {
          present[0] = plain.createOrGet(key, value);
          return present[0] == null;
        },
        created -> created);
    return present[0];
  }

  @Override
  public boolean create(String key, Value value) {
    return inTransaction(key, () -> plain.create(key, value), created -> created);
  }

  @Override
  public boolean replace(String key, byte[] expected, Value value) {
    return inTransaction(key, () -> plain.replace(key, expected, value), replaced -> replaced);
  }

  @Override
  public Remap remap(String newKey, Value live, String oldKey, byte[] expected, Value tombstone) {
    // The one atomic step is the commit: whoever replaces the old entry in it owns the session. The
    // order inside matters when a crash applies one half: the new entry without the tombstone is
    // unconfirmed and harmless, the tombstone without the new entry would be a lost session.
    return inTransaction(
        oldKey,
        () -> {
          if (!plain.create(newKey, live)) {
            return Remap.TAKEN;
          }
          return plain.replace(oldKey, expected, tombstone) ? Remap.WRITTEN : Remap.CHANGED;
        },
        remap -> remap == Remap.WRITTEN);
  }

  @Override
  public void put(String key, Value value) {
    inTransaction(
        key,
        () -> {
          plain.put(key, value);
          return true;
        },
        done -> done);
  }

  @Override
  public void forEach(BiConsumer<String, byte[]> visitor) {
    apart(
        () -> {
          plain.forEach(visitor);
          return true;
        });
  }

  @Override
  public void forEachOwned(BiConsumer<String, byte[]> visitor) {
    apart(
        () -> {
          plain.forEachOwned(visitor);
          return true;
        });
  }

  private <T> T inTransaction(String key, Supplier<T> work, Function<T, Boolean> worthCommitting) {
    Supplier<T> transaction = () -> transaction(work, worthCommitting);
    return optimistic ? locks.holding(key, transaction) : transaction.get();
  }

  private <T> T transaction(Supplier<T> work, Function<T, Boolean> worthCommitting) {
    return apart(
        () -> {
          try {
            transactions.begin();
            return finish(work, worthCommitting);
          } catch (RollbackException e) {
            // A pessimistic commit is one message to all owners, and when it fails some of them may
            // have applied it; an optimistic one has rolled back for certain.
            throw optimistic
                ? new RolledBackException(e)
                : new CacheException("the transaction of a session was rolled back", e);
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new CacheException("the transaction of a session failed", e);
          }
        });
  }

  private <T> T finish(Supplier<T> work, Function<T, Boolean> worthCommitting) throws Exception {
    boolean committing = false;
    try {
      T result = work.get();
      if (worthCommitting.apply(result)) {
        committing = true;
        transactions.commit();
      }
      return result;
    } finally {
      if (!committing || transactions.getStatus() != Status.STATUS_NO_TRANSACTION) {
        transactions.rollback();
      }
    }
  }

  private <T> T apart(Supplier<T> work) {
    Transaction callers;
    try {
      callers = transactions.suspend();
    } catch (SystemException e) {
      throw new CacheException("the caller's transaction cannot be suspended", e);
    }
    try {
      return work.get();
    } finally {
      if (callers != null) {
        resume(callers);
      }
    }
  }

  private void resume(Transaction callers) {
    try {
      transactions.resume(callers);
    } catch (Exception e) {
      throw new CacheException("the caller's transaction cannot be resumed", e);
    }
  }

  /** The transaction was rolled back for certain, as an optimistic cache does with a conflict. */
  static final class RolledBackException extends CacheException {
    private static final long serialVersionUID = 1L;

    RolledBackException(RollbackException cause) {
      super("the transaction was rolled back", cause);
    }
  }
}
