/**
 * What the author of a back-end touches: {@link org.typedsession.spi.SessionStoreConnector} and the
 * records it stores, {@link org.typedsession.spi.SessionCodec} for the bytes of the data, {@link
 * org.typedsession.spi.SessionCookieGenerator} for the client's secret, and {@link
 * org.typedsession.spi.OpenSession} for a front end that binds sessions to requests.
 *
 * <p>How to write and test a back-end is in {@code src/docs/write-a-store.md}, and what the words
 * mean in the glossary, {@code src/docs/architecture.md}.
 */
@NullMarked
package org.typedsession.spi;

import org.jspecify.annotations.NullMarked;
