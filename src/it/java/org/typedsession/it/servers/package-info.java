/**
 * The servers that the integration tests run on: what each does in a way of its own, in one class
 * for each, so that the tests themselves know of none; three WildFlys as a cluster, and Payara
 * servers with the Infinispan of the application.
 */
package org.typedsession.it.servers;
