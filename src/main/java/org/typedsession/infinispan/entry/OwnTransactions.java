package org.typedsession.infinispan.entry;

import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.InvalidTransactionException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.transaction.xa.XAResource;
import org.infinispan.AdvancedCache;
import org.infinispan.commons.CacheException;
import org.infinispan.transaction.tm.EmbeddedTransactionManager;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of this library, apart from those of the caller: one that is under way in the thread
 * is suspended meanwhile, so that neither its rollback nor its isolation reaches a session.
 *
 * <p>Safe for use by many threads.
 */
final class OwnTransactions {
  private final TransactionManager manager;

  OwnTransactions(TransactionManager manager) {
    this.manager = manager;
  }

  /**
   * In the transaction manager of the cache. If it has none, in the one that Infinispan brings,
   * even on a server: the server's would watch over the time of each transaction and log what it
   * does, which takes many times as long as the writes, and could recover nothing.
   */
  static OwnTransactions of(AdvancedCache<?, ?> cache) {
    @Nullable TransactionManager ofCache = cache.getTransactionManager();
    return new OwnTransactions(
        ofCache != null ? ofCache : EmbeddedTransactionManager.getInstance());
  }

  /** The transaction was rolled back, by whom it may have been; or it was never begun. */
  static final class NotCommittedException extends Exception {
    private static final long serialVersionUID = 1L;

    private NotCommittedException(Exception cause) {
      super("the transaction of a session was not committed", cause);
    }
  }

  /** Makes {@code resource} a part of the transaction that {@link #run} has begun. */
  void enlist(XAResource resource) {
    try {
      manager.getTransaction().enlistResource(resource);
    } catch (RollbackException | SystemException e) {
      throw new CacheException("the transaction of a session takes no resource", e);
    }
  }

  /** The transaction that {@link #run} has begun; null if somebody has ended it. */
  @Nullable Transaction current() {
    try {
      return manager.getTransaction();
    } catch (SystemException e) {
      throw new CacheException("the transaction of a session is not known", e);
    }
  }

  /**
   * Runs {@code work} in a new transaction.
   *
   * @param isToCommit whether the transaction is to be committed, given the result
   * @throws NotCommittedException if that was to be, and it was rolled back
   * @throws CacheException if the transaction manager failed
   */
  <T> T run(Supplier<T> work, Predicate<T> isToCommit) throws NotCommittedException {
    Transaction callers = suspend();
    try {
      begin();
      return finish(work, isToCommit);
    } finally {
      resume(callers);
    }
  }

  /** Runs {@code work} outside of any transaction. */
  <T> T without(Supplier<T> work) {
    Transaction callers = suspend();
    try {
      return work.get();
    } finally {
      resume(callers);
    }
  }

  private void begin() throws NotCommittedException {
    try {
      manager.begin();
    } catch (NotSupportedException | SystemException e) {
      throw new NotCommittedException(e);
    }
  }

  private <T> T finish(Supplier<T> work, Predicate<T> isToCommit) throws NotCommittedException {
    boolean committing = false;
    try {
      T result = work.get();
      if (isToCommit.test(result)) {
        committing = true;
        manager.commit();
      }
      return result;
    } catch (RollbackException e) {
      throw new NotCommittedException(e);
    } catch (HeuristicMixedException | HeuristicRollbackException | SystemException e) {
      throw new CacheException("the transaction of a session failed", e);
    } finally {
      rollbackUnless(committing);
    }
  }

  private void rollbackUnless(boolean committing) {
    try {
      if (!committing || manager.getStatus() != Status.STATUS_NO_TRANSACTION) {
        manager.rollback();
      }
    } catch (SystemException e) {
      throw new CacheException("the transaction of a session cannot be rolled back", e);
    }
  }

  private @Nullable Transaction suspend() {
    try {
      return manager.suspend();
    } catch (SystemException e) {
      throw new CacheException("the caller's transaction cannot be suspended", e);
    }
  }

  private void resume(@Nullable Transaction callers) {
    if (callers == null) {
      return;
    }
    try {
      manager.resume(callers);
    } catch (InvalidTransactionException | SystemException e) {
      throw new CacheException("the caller's transaction cannot be resumed", e);
    }
  }
}
