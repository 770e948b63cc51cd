/**
 * The servers that the integration tests run on: what each does in a way of its own, in one class
 * for each, so that the tests themselves know of none.
 */
package org.typedsession.testing.server;
