/**
 * Binds sessions to HTTP requests: the filter, its registration, and the cookies. What becomes of
 * the response is the part of {@link org.typedsession.servlet.response}.
 */
@NullMarked
package org.typedsession.servlet;

import org.jspecify.annotations.NullMarked;
