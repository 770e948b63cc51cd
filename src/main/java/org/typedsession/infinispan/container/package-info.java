/**
 * Not API, but for what an application needs that makes a store of its own: where a cache comes
 * from. {@link org.typedsession.infinispan.container.SessionCacheLocator} finds one in a server,
 * {@link org.typedsession.infinispan.container.EmbeddedContainer} starts one in the application,
 * and {@link org.typedsession.infinispan.container.AwaitedCache} is open when a majority of the
 * nodes is there.
 */
@NullMarked
package org.typedsession.infinispan.container;

import org.jspecify.annotations.NullMarked;
