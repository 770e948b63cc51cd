/**
 * Judges what the clients of a session store have seen: whether some order of their operations, one
 * after the other, explains all answers.
 *
 * <p>Clients record into a {@link org.typedsession.testing.history.History}; {@link
 * org.typedsession.testing.history.HistoryChecker} gives a {@link
 * org.typedsession.testing.history.Verdict}. {@link
 * org.typedsession.testing.history.Linearizability} does the search and knows nothing of sessions;
 * {@link org.typedsession.testing.history.SessionSpecification} says what the operations mean.
 */
@NullMarked
package org.typedsession.testing.history;

import org.jspecify.annotations.NullMarked;
