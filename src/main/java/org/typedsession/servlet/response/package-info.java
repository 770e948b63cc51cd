/**
 * Not API: the response that the filter hands to the application, which does what has to be done
 * before it is committed, and cannot become a success when that fails; the stream and the writer
 * that foresee a commit; refusals, cookies and what is said to caches.
 *
 * <p>Knows neither requests nor their sessions: what has to be done is one function, {@link
 * org.typedsession.servlet.response.BeforeCommit}.
 */
@NullMarked
package org.typedsession.servlet.response;

import org.jspecify.annotations.NullMarked;
