/**
 * Judges what the clients of a session store have seen: whether some order of their operations, one
 * after the other, explains all answers.
 *
 * <p>Clients record into a {@link org.typedsession.testkit.history.History}; {@link
 * org.typedsession.testkit.history.HistoryChecker} gives a {@link
 * org.typedsession.testkit.history.Verdict}. {@link
 * org.typedsession.testkit.history.Linearizability} does the search and knows nothing of sessions;
 * {@link org.typedsession.testkit.history.SessionSpecification} says what the operations mean.
 */
@NullMarked
package org.typedsession.testkit.history;

import org.jspecify.annotations.NullMarked;
