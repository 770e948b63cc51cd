/**
 * Load for the example application that remembers every answer: what its users saw while nodes came
 * and went, and whether all of it together is what one store with one copy could have answered.
 *
 * <p>{@link org.typedsession.it.client.load.Load} runs the browsers of a {@link
 * org.typedsession.it.client.load.LoadPlan}; {@link org.typedsession.it.client.load.LoadResult}
 * judges, and {@link org.typedsession.it.client.load.LoadReport} writes it down.
 */
@NullMarked
package org.typedsession.it.client.load;

import org.jspecify.annotations.NullMarked;
