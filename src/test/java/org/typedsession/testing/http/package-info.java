/** HTTP as tests speak it: over plain sockets, and what came back. */
@NullMarked
package org.typedsession.testing.http;

import org.jspecify.annotations.NullMarked;
