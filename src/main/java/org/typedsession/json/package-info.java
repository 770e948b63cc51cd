/** Session data as JSON; the only place that imports {@code jakarta.json}. */
@NullMarked
package org.typedsession.json;

import org.jspecify.annotations.NullMarked;
