package org.typedsession.infinispan.entry;

import jakarta.transaction.Transaction;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.CacheException;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.transaction.LockingMode;
import org.infinispan.transaction.impl.LocalTransaction;
import org.infinispan.transaction.impl.TransactionTable;
import org.jspecify.annotations.Nullable;

/** The atomic steps on a transactional cache, each in a transaction of its own. */
final class TransactionalEntries implements Entries {
  private final PlainEntries plain;
  private final OwnTransactions transactions;
  private final TransactionTable table;
  private final Consumer<LocalTransaction> onEnd;
  private final boolean optimistic;
  private final KeyLocks locks = new KeyLocks();

  /**
   * @param onEnd told of each transaction that has written something, when it has ended
   */
  TransactionalEntries(AdvancedCache<String, String> cache, Consumer<LocalTransaction> onEnd) {
    this.table = ComponentRegistry.componentOf(cache, TransactionTable.class);
    this.onEnd = onEnd;
    this.transactions = OwnTransactions.of(cache);
    this.plain = new PlainEntries(cache, transactions);
    this.optimistic =
        cache.getCacheConfiguration().transaction().lockingMode() == LockingMode.OPTIMISTIC;
  }

  @Override
  public @Nullable String get(String key) {
    return transactions.without(() -> plain.get(key));
  }

  @Override
  public @Nullable Value getWithLifespan(String key) {
    return transactions.without(() -> plain.getWithLifespan(key));
  }

  @Override
  public @Nullable String getFromPrimary(String key) {
    return get(key);
  }

  @Override
  public @Nullable String createOrGet(String key, Value value) {
    @Nullable String[] present = {null};
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
  public boolean replace(String key, String expected, Value value) {
    return inTransaction(key, () -> plain.replace(key, expected, value), replaced -> replaced);
  }

  @Override
  public Remap remap(Remapping remapping, BooleanSupplier isRefusal) {
    // The one atomic step is the commit: whoever replaces the old entry in it owns the session. The
    // order inside matters when a crash applies one half: the new entry without the tombstone is
    // unconfirmed and harmless, the tombstone without the new entry would be a lost session.
    Remap remap =
        inTransaction(
            remapping.oldKey(),
            () -> {
              if (!plain.create(remapping.newKey(), remapping.live())) {
                return Remap.TAKEN;
              }
              return plain.replace(
                      remapping.oldKey(), remapping.expected().text(), remapping.tombstone())
                  ? Remap.WRITTEN
                  : Remap.CHANGED;
            },
            attempt -> attempt == Remap.WRITTEN);
    return remap == Remap.CHANGED && !isRefusal.getAsBoolean() ? Remap.IN_DOUBT : remap;
  }

  /** {@inheritDoc} Nothing, since that was rolled back. */
  @Override
  public void withdraw(Remapping remapping) {}

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
  public void forEach(BiConsumer<String, String> visitor) {
    transactions.without(
        () -> {
          plain.forEach(visitor);
          return true;
        });
  }

  @Override
  public void forEachOwned(BiConsumer<String, String> visitor) {
    transactions.without(
        () -> {
          plain.forEachOwned(visitor);
          return true;
        });
  }

  private <T> T inTransaction(String key, Supplier<T> work, Predicate<T> isToCommit) {
    Supplier<T> transaction = () -> transaction(work, isToCommit);
    return optimistic ? locks.holding(key, transaction) : transaction.get();
  }

  private <T> T transaction(Supplier<T> work, Predicate<T> isToCommit) {
    try {
      return watched(work, isToCommit);
    } catch (OwnTransactions.NotCommittedException e) {
      // A pessimistic commit is one message to all owners, and when it fails some of them may have
      // applied it; an optimistic one has rolled back for certain.
      throw optimistic
          ? new RolledBackException(e)
          : new CacheException("the transaction of a session was rolled back", e);
    }
  }

  private <T> T watched(Supplier<T> work, Predicate<T> isToCommit)
      throws OwnTransactions.NotCommittedException {
    AtomicReference<@Nullable LocalTransaction> own = new AtomicReference<>();
    try {
      return transactions.run(
          () -> {
            T result = work.get();
            Transaction current = transactions.current();
            if (current != null) {
              // Its end removes it from the table.
              own.set(table.getLocalTransaction(current));
            }
            return result;
          },
          isToCommit);
    } finally {
      LocalTransaction ended = own.get();
      if (ended != null) {
        onEnd.accept(ended);
      }
    }
  }
}
