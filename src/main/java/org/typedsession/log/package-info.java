/**
 * What every package logs with. It knows no other package, and any may use it. Not API.
 *
 * <p>The texts stand where they are used, in the {@code Messages} of each package; which ids are
 * whose is in {@code src/docs/architecture.md}.
 */
@NullMarked
package org.typedsession.log;

import org.jspecify.annotations.NullMarked;
