package org.typedsession.infinispan;

import java.util.List;
import org.infinispan.AdvancedCache;
import org.infinispan.factories.ComponentRegistry;
import org.infinispan.remoting.transport.Address;
import org.infinispan.transaction.impl.TransactionTable;
import org.jspecify.annotations.Nullable;

/**
 * Ends transactions whose originator has left the cluster, and which keep their entries locked.
 *
 * <p>Infinispan does so when the originator leaves, and rolls back only what it will not have to
 * commit when that one comes back: it keeps a transaction while its originator is a member of the
 * last stable topology. When it asks, which is at the change of the view and at the beginning of
 * the topology without the member, that is still so. Nothing asks again when the next topology is
 * stable, but for a timer of a minute and more.
 *
 * <p>Safe for use by many threads.
 */
final class LeaverTransactions {
  private final AdvancedCache<?, ?> cache;
  // Null where there are no transactions.
  private final @Nullable TransactionTable transactions;

  LeaverTransactions(AdvancedCache<?, ?> cache) {
    this.cache = cache;
    this.transactions =
        cache.getCacheConfiguration().transaction().transactionMode().isTransactional()
            ? ComponentRegistry.componentOf(cache, TransactionTable.class)
            : null;
  }

  /**
   * Has those rolled back here that can be. It does not wait for that, so that a later call tells.
   *
   * @return whether there are none
   */
  boolean end() {
    if (transactions == null) {
      return true;
    }
    List<Address> members = cache.getRpcManager().getTransport().getMembers();
    transactions.cleanupLeaverTransactions(members);
    return transactions.getRemoteTransactions().stream()
        .allMatch(remote -> members.contains(remote.getGlobalTransaction().getAddress()));
  }
}
