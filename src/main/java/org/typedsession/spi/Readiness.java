package org.typedsession.spi;

import java.util.Optional;

/**
 * Whether a store can serve requests at present, as {@link SessionStoreConnector#readiness} tells
 * it.
 */
public sealed interface Readiness {
  /**
   * The store can serve.
   *
   * @param remark what an operator should see to all the same; health checks and monitoring show
   *     it, and it keeps no request away
   */
  record Ready(Optional<String> remark) implements Readiness {
    /** With nothing to see to. */
    public Ready() {
      this(Optional.empty());
    }
  }

  /**
   * The store would refuse.
   *
   * @param reason why, for an operator to read; health checks and monitoring show it
   */
  record NotReady(String reason) implements Readiness {}
}
