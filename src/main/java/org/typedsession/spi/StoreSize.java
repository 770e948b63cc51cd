package org.typedsession.spi;

/**
 * What one store holds on this node. On a cluster each entry is counted by its primary owner, so
 * that the numbers of all nodes add up.
 *
 * @param sessions live sessions; expired ones count until they are freed
 * @param tombstones ids that are dead and still told from unknown ones
 */
public record StoreSize(long sessions, long tombstones) {}
