/** Probe applications: each shows one thing that the example does not. */
package org.typedsession.it.apps.probe;
