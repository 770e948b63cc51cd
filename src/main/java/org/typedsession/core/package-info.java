/**
 * Not API: the engine, which carries out what the API promises over whatever back-end and codec it
 * is given. {@link org.typedsession.core.DefaultSessionStore} is the store of one type, and has the
 * sessions of requests read, changed and stored by the rules that stand here: what a change of
 * privileges is, who wins a race, what is sealed, and what is told and logged.
 *
 * <p>It knows the API and the SPI, and no back-end, codec, server or container. An application that
 * makes a store of its own makes it from here.
 */
@NullMarked
package org.typedsession.core;

import org.jspecify.annotations.NullMarked;
