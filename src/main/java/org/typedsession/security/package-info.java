/**
 * Keeps the caller of Jakarta Security in a typed session instead of the {@code HttpSession}.
 *
 * <p>An application marks its authentication mechanism with {@link
 * org.typedsession.security.CallerInSession} and lets its session data implement {@link
 * org.typedsession.security.CallerData}. Nothing here is loaded on a server without Jakarta
 * Security.
 */
@NullMarked
package org.typedsession.security;

import org.jspecify.annotations.NullMarked;
