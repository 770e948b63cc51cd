package org.typedsession.it.apps;

import org.typedsession.Privilege;

/** Who visits, and how often something was done. */
public record Visit(@Privilege String user, int count) {
  public Visit() {
    this("guest", 0);
  }

  /** The same visitor, one time more. */
  public Visit more() {
    return new Visit(user, count + 1);
  }

  /** Another visitor. */
  public Visit by(String other) {
    return new Visit(other, count);
  }

  /** For people and tests. */
  public String text() {
    return user + " " + count;
  }
}
