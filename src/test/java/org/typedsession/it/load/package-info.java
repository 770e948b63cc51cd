/**
 * Load for the example application that remembers every answer: what its users saw while nodes came
 * and went, and whether all of it together is what one store with one copy could have answered.
 *
 * <p>{@link org.typedsession.it.load.Load} runs the browsers of a {@link
 * org.typedsession.it.load.LoadPlan}; {@link org.typedsession.it.load.LoadResult} judges, and
 * {@link org.typedsession.it.load.LoadReport} writes it down.
 */
@NullMarked
package org.typedsession.it.load;

import org.jspecify.annotations.NullMarked;
