/** Binds sessions to HTTP requests: the filter, its registration, and the cookies. */
@NullMarked
package org.typedsession.servlet;

import org.jspecify.annotations.NullMarked;
