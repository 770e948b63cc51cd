package org.typedsession.infinispan.entry;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.infinispan.commons.CacheException;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionStoreUnavailableException;

/**
 * A remap on a cache that has no transactions, as a JTA transaction with this as its only resource.
 *
 * <ol>
 *   <li><i>Intend</i>, in the transaction: create the entry of the new id. It names its
 *       predecessor, and is no session before the predecessor names it.
 *   <li><i>Commit</i>, which is the vote of the two-phase commit: replace the predecessor's entry,
 *       if it is what was read, by a tombstone that names the new id.
 *   <li><i>Withdraw</i>, which is the rollback: remove the entry of the new id.
 * </ol>
 *
 * <p>There is no log for a recovery, because the entries are one: an intent is committed exactly if
 * its predecessor names it, whoever has died since.
 *
 * <p>A refused replacement is a conflict between two requests, which is no failure of the
 * transaction: the intent is withdrawn, and the vote is that there is nothing to commit.
 * Transaction managers log a warning with each vote against a commit. Nor are they told of a
 * replacement whose outcome is in doubt: they could only ask this resource, and who has called
 * finds it out.
 *
 * <p>A manager that ends transactions for their time may roll it back from a thread of its own;
 * after the vote has begun that has no effect.
 */
final class RemapTransaction implements XAResource {
  private enum Phase {
    BEGUN,
    INTENDED,
    VOTING,
    WITHDRAWN
  }

  private final PlainEntries entries;
  private final Entries.Remapping remapping;
  private final BooleanSupplier isRefusal;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.BEGUN);
  // What came of the steps, in the thread that runs the transaction.
  private Entries.@Nullable Remap outcome;
  private @Nullable Throwable failure;

  private RemapTransaction(
      PlainEntries entries, Entries.Remapping remapping, BooleanSupplier isRefusal) {
    this.entries = entries;
    this.remapping = remapping;
    this.isRefusal = isRefusal;
  }

  /**
   * Remaps.
   *
   * @param isRefusal asked when the old entry is refused: whether somebody else's write was faster
   * @throws SessionStoreUnavailableException if it was not made, since the transaction manager
   *     rolled it back, or could not begin it
   */
  static Entries.Remap run(
      OwnTransactions transactions,
      PlainEntries entries,
      Entries.Remapping remapping,
      BooleanSupplier isRefusal) {
    return new RemapTransaction(entries, remapping, isRefusal).run(transactions);
  }

  private Entries.Remap run(OwnTransactions transactions) {
    boolean intended;
    try {
      intended =
          transactions.run(
              () -> {
                transactions.enlist(this);
                return intend();
              },
              is -> is);
    } catch (OwnTransactions.NotCommittedException e) {
      return voted(() -> notMade(e));
    } catch (RuntimeException e) {
      return voted(() -> phase.get() == Phase.WITHDRAWN ? notMade(e) : e);
    }
    return intended
        ? voted(
            () -> new CacheException("the transaction of a session was committed without a vote"))
        : Entries.Remap.TAKEN;
  }

  private static SessionStoreUnavailableException notMade(Exception cause) {
    return new SessionStoreUnavailableException(
        "the transaction of a session was rolled back, or could not begin", cause);
  }

  // What the steps came to counts, whatever the manager made of it.
  private Entries.Remap voted(Supplier<RuntimeException> otherwise) {
    if (outcome != null) {
      return outcome;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    // An exception takes longer to make than the two writes.
    throw failure instanceof RuntimeException exception ? exception : otherwise.get();
  }

  private boolean intend() {
    boolean created;
    try {
      created = entries.create(remapping.newKey(), remapping.live());
    } catch (RuntimeException | Error e) {
      failure = e;
      throw e;
    }
    if (created && !phase.compareAndSet(Phase.BEGUN, Phase.INTENDED)) {
      entries.withdraw(remapping);
    }
    return created;
  }

  private void vote() {
    if (!phase.compareAndSet(Phase.INTENDED, Phase.VOTING)) {
      return;
    }
    try {
      // The one atomic step: whoever replaces the old entry owns the session.
      if (entries.replace(remapping.oldKey(), remapping.expected().text(), remapping.tombstone())) {
        outcome = Entries.Remap.WRITTEN;
      } else if (isRefusal.getAsBoolean()) {
        entries.withdraw(remapping);
        outcome = Entries.Remap.CHANGED;
      } else {
        // The intent stays: the old entry may name it by now.
        outcome = Entries.Remap.IN_DOUBT;
      }
    } catch (RuntimeException | Error e) {
      // Of an error, too, a manager would say that the transaction was rolled back.
      failure = e;
    }
  }

  @Override
  public int prepare(Xid xid) {
    vote();
    return outcome == Entries.Remap.WRITTEN ? XA_OK : XA_RDONLY;
  }

  @Override
  public void commit(Xid xid, boolean onePhase) throws XAException {
    if (onePhase) {
      vote();
    }
    if (phase.get() == Phase.WITHDRAWN) {
      throw new XAException(XAException.XA_RBROLLBACK);
    }
  }

  @Override
  public void rollback(Xid xid) {
    if (phase.compareAndSet(Phase.INTENDED, Phase.WITHDRAWN)) {
      entries.withdraw(remapping);
    } else {
      // If the intent is still on its way, the thread that creates it withdraws it.
      phase.compareAndSet(Phase.BEGUN, Phase.WITHDRAWN);
    }
  }

  @Override
  public void start(Xid xid, int flags) {}

  @Override
  public void end(Xid xid, int flags) {}

  @Override
  public void forget(Xid xid) {}

  @Override
  public Xid[] recover(int flag) {
    return new Xid[0];
  }

  @Override
  public boolean isSameRM(XAResource other) {
    return other == this;
  }

  @Override
  public int getTransactionTimeout() {
    return 0;
  }

  @Override
  public boolean setTransactionTimeout(int seconds) {
    return false;
  }
}
