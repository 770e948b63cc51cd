/** What the ITs deploy beside the example. */
package org.typedsession.it.apps.probe;
