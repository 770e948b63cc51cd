package org.typedsession.infinispan;

import org.typedsession.InfinispanConfiguration.PessimisticTransactions;
import org.typedsession.InfinispanConfiguration.WhenSplit;

/**
 * Promises that the operator gave up.
 *
 * @param whenSplit what becomes of requests when the network splits
 * @param pessimisticTransactions what becomes of a cache of several nodes that has them
 */
public record AcceptedRisks(WhenSplit whenSplit, PessimisticTransactions pessimisticTransactions) {
  /** All promises hold. */
  public static final AcceptedRisks NONE =
      new AcceptedRisks(WhenSplit.REFUSE, PessimisticTransactions.REFUSE);

  /** Whether both sides of a split serve, and a session may have two live ids until the heal. */
  public boolean servesWhenSplit() {
    return whenSplit == WhenSplit.SERVE;
  }

  /**
   * Whether pessimistic transactions of several nodes may be left half done when a node dies or the
   * network splits in the middle of one, and a session may have two live ids for good.
   */
  public boolean transactionsMayFork() {
    return pessimisticTransactions == PessimisticTransactions.MAY_FORK;
  }
}
