/** The tests on servers, what they do to them, and the figures that they leave. */
package org.typedsession.it.tests;
