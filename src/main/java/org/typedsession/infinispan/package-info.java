/**
 * Not API, but for what an application needs that makes a store of its own: keeps sessions in an
 * Infinispan cache, local or clustered.
 *
 * <p>{@link org.typedsession.infinispan.InfinispanSessionStoreConnector} is what the SPI asks for,
 * {@link org.typedsession.infinispan.SessionCache} the cache that it runs on. This room has the
 * rules of sessions: which entry counts, where a session has moved, how it ends. It does so by
 * reads and writes that can be passed on, which {@link org.typedsession.infinispan.cluster} has.
 */
@NullMarked
package org.typedsession.infinispan;

import org.jspecify.annotations.NullMarked;
