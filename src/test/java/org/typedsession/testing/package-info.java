/**
 * Fixtures of this library's tests, and the contract that every back-end is tested by: {@link
 * org.typedsession.testing.SessionStoreConnectorContract}.
 */
@NullMarked
package org.typedsession.testing;

import org.jspecify.annotations.NullMarked;
