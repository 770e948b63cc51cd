/**
 * Not API: what other nodes make of entries. {@link
 * org.typedsession.infinispan.cluster.DecidedWrites} is the one place that doubts a write, {@link
 * org.typedsession.infinispan.cluster.CurrentReads} the one that doubts a read, and {@link
 * org.typedsession.infinispan.cluster.ClusterWatch} all that keeps watch beside them. Knows
 * entries, and no sessions.
 */
@NullMarked
package org.typedsession.infinispan.cluster;

import org.jspecify.annotations.NullMarked;
