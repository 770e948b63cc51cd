/** What WildFly alone needs: it starts the server's cache container before it is looked up. */
@NullMarked
package org.typedsession.wildfly;

import org.jspecify.annotations.NullMarked;
