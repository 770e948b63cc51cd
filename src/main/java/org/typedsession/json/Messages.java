package org.typedsession.json;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** Deployment error: a library that lacks what this one uses. */
  static String jacksonTooOld(String library, String found, String lowest) {
    return ("TSESS0140: %s %s is too old: session data as JSON needs %s or later; add that to the"
            + " application, or see which version the server puts before it")
        .formatted(library, found, lowest);
  }
}
