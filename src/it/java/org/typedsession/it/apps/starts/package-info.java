/** Applications that use a store as soon as they start, each at another moment. */
@NullMarked
package org.typedsession.it.apps.starts;

import org.jspecify.annotations.NullMarked;
