package org.typedsession.spi;

/**
 * How a conditional write ended. Nothing was changed unless it is {@link Written}.
 *
 * @param <D> the session data
 */
public sealed interface WriteSessionResult<D> {
  /**
   * The write took effect.
   *
   * @param stored what is stored now, to be the expectation of the next write
   */
  record Written<D>(SessionLookup.Live<D> stored) implements WriteSessionResult<D> {}

  /** The id that was to be new is stored already, in any form; another one may succeed. */
  record IdExists<D>() implements WriteSessionResult<D> {}

  /** The session is not live under that id, or no longer the value that was expected there. */
  record Conflict<D>() implements WriteSessionResult<D> {}
}
