/**
 * For the author of a store or a codec: the contracts that it has to keep, as tests to inherit.
 *
 * <p>{@link org.typedsession.testkit.SessionStoreConnectorContract} is for a store, races included,
 * {@link org.typedsession.testkit.SessionCodecContract} for a codec. {@link
 * org.typedsession.testkit.Race} and {@link org.typedsession.testkit.Barrier} stage races of one's
 * own, and {@link org.typedsession.testkit.history} judges what the clients of a store have seen
 * while it was treated badly. Published as the jar with the classifier {@code testkit}; needs JUnit
 * Jupiter and AssertJ.
 */
@NullMarked
package org.typedsession.testkit;

import org.jspecify.annotations.NullMarked;
