package org.typedsession.it.client.load;

import java.net.URI;

/**
 * A server with the example deployed.
 *
 * @param name what figures call it
 * @param base the address of the example there, with a slash at its end
 */
public record Node(String name, URI base) {
  /** Rejects a base that others could not be resolved against. */
  public Node {
    if (!base.getPath().endsWith("/")) {
      throw new IllegalArgumentException("base must end with a slash, was " + base);
    }
  }
}
