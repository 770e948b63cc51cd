/** Payara servers, one or several, with the Infinispan that the application brings along. */
package org.typedsession.it.payara;
