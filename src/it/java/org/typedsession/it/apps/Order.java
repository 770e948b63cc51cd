package org.typedsession.it.apps;

/** The session data of another application. */
public record Order(int items) {
  public Order() {
    this(0);
  }
}
