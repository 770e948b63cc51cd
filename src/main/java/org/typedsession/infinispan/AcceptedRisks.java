package org.typedsession.infinispan;

/**
 * Promises that the operator gave up.
 *
 * @param splitMayFork that after a split of the network both sides go on, and a session may have
 *     two live ids until a moment after they have met again
 * @param transactionsMayFork that pessimistic transactions of several nodes are left half done when
 *     a node dies or the network splits in the middle of one, and a session may have two live ids
 *     for good
 */
public record AcceptedRisks(boolean splitMayFork, boolean transactionsMayFork) {
  /** All promises hold. */
  public static final AcceptedRisks NONE = new AcceptedRisks(false, false);
}
