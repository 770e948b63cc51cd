package org.typedsession.it.client.load;

/** Which node a request goes to. */
public enum Routing {
  /** Any; after a refusal, any other. */
  RANDOM,
  /** The browser's own; after a refusal the next one becomes its own. */
  STICKY
}
