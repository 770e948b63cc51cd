/** Tells Jakarta REST what to answer when a session cannot be stored or read. */
@NullMarked
package org.typedsession.rest;

import org.jspecify.annotations.NullMarked;
