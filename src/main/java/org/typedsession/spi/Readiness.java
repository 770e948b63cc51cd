package org.typedsession.spi;

/**
 * Whether a store can serve requests at present, as {@link SessionStoreConnector#readiness} tells
 * it.
 */
public sealed interface Readiness {
  /** The store can serve. */
  record Ready() implements Readiness {}

  /**
   * The store would refuse.
   *
   * @param reason why, for an operator to read; health checks and monitoring show it
   */
  record NotReady(String reason) implements Readiness {}
}
