/** Applications of the integration tests that use sessions beyond a plain servlet. */
package org.typedsession.it.apps;
