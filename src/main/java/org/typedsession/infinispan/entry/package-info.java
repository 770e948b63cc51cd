/**
 * Not API: one entry, or the two of a remap. {@link org.typedsession.infinispan.entry.Entries} asks
 * Infinispan once, with or without transactions, and {@link
 * org.typedsession.infinispan.entry.EntryFormat} is what is stored. Knows of no other node, and
 * doubts nothing: what the cache answers or throws comes out as it is.
 */
@NullMarked
package org.typedsession.infinispan.entry;

import org.jspecify.annotations.NullMarked;
