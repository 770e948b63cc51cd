/** A small application with a login by Jakarta Security, whose callers are kept in sessions. */
@NullMarked
package org.typedsession.it.apps.security;

import org.jspecify.annotations.NullMarked;
