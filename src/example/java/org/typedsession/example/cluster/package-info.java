/** Starts the example on three servers of this machine. No part of the application itself. */
@NullMarked
package org.typedsession.example.cluster;

import org.jspecify.annotations.NullMarked;
