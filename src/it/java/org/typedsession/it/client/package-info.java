/** Clients of the applications: HTTP, WebSocket, a browser. */
package org.typedsession.it.client;
