/**
 * The back-end that keeps sessions in the memory of one JVM: for development, for tests, and for
 * applications on one node whose sessions may end with it.
 */
@NullMarked
package org.typedsession.memory;

import org.jspecify.annotations.NullMarked;
