/**
 * Gives applications {@code @Inject Session<Cart>} and {@code @Inject SessionStore<Cart>}: finds
 * the types of session data at injection points, registers beans for them, and puts their stores
 * together. The only package that knows all the others.
 */
@NullMarked
package org.typedsession.cdi;

import org.jspecify.annotations.NullMarked;
