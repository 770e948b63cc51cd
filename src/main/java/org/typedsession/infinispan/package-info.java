/**
 * Keeps sessions in an Infinispan cache, local or clustered.
 *
 * <p>{@link org.typedsession.infinispan.InfinispanSessionStoreConnector} is the algorithm, {@link
 * org.typedsession.infinispan.SessionCache} the cache that it runs on: a server's, or one of its
 * own.
 */
@NullMarked
package org.typedsession.infinispan;

import org.jspecify.annotations.NullMarked;
