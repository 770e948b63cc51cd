/**
 * A small application on typed sessions: a visit with a basket and a counter, as a JSON API and a
 * page for people, who see and end their sessions there, and an administrator everybody's.
 *
 * <p>Plain servlets and CDI, nothing else. {@link org.typedsession.example.Visit} is the session
 * data; {@link org.typedsession.example.ApiServlet} is where requests and sessions meet.
 */
@NullMarked
package org.typedsession.example;

import org.jspecify.annotations.NullMarked;
