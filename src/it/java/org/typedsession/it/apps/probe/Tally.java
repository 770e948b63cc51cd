package org.typedsession.it.apps.probe;

/**
 * Session data that declares no privilege, so that every change of it gives a new id.
 *
 * @param count what is counted
 */
public record Tally(int count) {
  /** Nothing counted yet. */
  public Tally() {
    this(0);
  }
}
