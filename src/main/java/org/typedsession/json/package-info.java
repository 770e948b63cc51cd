/** Session data as JSON; the only place that imports Jackson. */
@NullMarked
package org.typedsession.json;

import org.jspecify.annotations.NullMarked;
