/**
 * What the author of a back-end touches: {@link org.typedsession.spi.SessionStoreConnector} and the
 * records it stores, {@link org.typedsession.spi.SessionCodec} for the bytes of the data, {@link
 * org.typedsession.spi.SessionCookieGenerator} for the client's secret, and {@link
 * org.typedsession.spi.RequestSession} for a front end that binds sessions to requests.
 */
@NullMarked
package org.typedsession.spi;

import org.jspecify.annotations.NullMarked;
