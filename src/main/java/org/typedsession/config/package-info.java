/**
 * Makes a {@link org.typedsession.TypedSessionConfiguration} out of what operators write down:
 * settings, the places they come from, and what is wrong with them.
 *
 * <p>Not meant for applications. Knows no container; {@code assembly} adds the source that needs a
 * library.
 */
@NullMarked
package org.typedsession.config;

import org.jspecify.annotations.NullMarked;
