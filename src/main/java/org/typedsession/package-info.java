/**
 * What an application touches: {@link org.typedsession.Session} for the session of the current
 * request, {@link org.typedsession.SessionStore} for the store behind it, and the values, events
 * and exceptions that both speak in.
 *
 * <p>What the words mean is in the glossary, {@code src/docs/architecture.md}.
 *
 * <p>Nothing here knows a server, a cache or a container: the classes need {@code java.*} only.
 */
@NullMarked
package org.typedsession;

import org.jspecify.annotations.NullMarked;
