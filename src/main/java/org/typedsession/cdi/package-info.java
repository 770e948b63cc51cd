/**
 * Gives applications {@code @Inject Session<Cart>} and {@code @Inject SessionStore<Cart>}: finds
 * the types of session data at injection points, registers beans for them, and has {@code assembly}
 * put their stores together. Speaks to CDI; decides nothing about stores.
 *
 * <p>Not API: may change with any version.
 */
@NullMarked
package org.typedsession.cdi;

import org.jspecify.annotations.NullMarked;
