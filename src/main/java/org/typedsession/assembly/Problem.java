package org.typedsession.assembly;

import org.jspecify.annotations.Nullable;

/**
 * Why a store cannot be put together.
 *
 * @param kind who can mend it
 * @param text for people, with its id
 * @param cause what brought it up, if anything did
 */
public record Problem(Kind kind, String text, @Nullable Throwable cause) {
  /** What is wrong. */
  public enum Kind {
    /** The code of the application. */
    DEFINITION,
    /** Its settings or its surroundings. */
    DEPLOYMENT
  }

  static Problem ofDefinition(String text, Throwable cause) {
    return new Problem(Kind.DEFINITION, text, cause);
  }

  static Problem ofDeployment(String text, @Nullable Throwable cause) {
    return new Problem(Kind.DEPLOYMENT, text, cause);
  }
}
