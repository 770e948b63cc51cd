/** Fixtures of this library's own tests; what others may use is in the test kit. */
@NullMarked
package org.typedsession.testing;

import org.jspecify.annotations.NullMarked;
