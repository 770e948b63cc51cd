/**
 * Puts a store together from configuration: back-end, codec, cookie, namespace, MBean and
 * readiness. {@link org.typedsession.assembly.StoreAssembly#of} begins it, with or without CDI.
 *
 * <p>Not API: may change with any version.
 */
@NullMarked
package org.typedsession.assembly;

import org.jspecify.annotations.NullMarked;
