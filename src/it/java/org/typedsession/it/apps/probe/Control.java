package org.typedsession.it.apps.probe;

import jakarta.enterprise.context.RequestScoped;

/** A bean, so that the control application has CDI as the example has. */
@RequestScoped
public class Control {
  /** What the control application says. */
  public String text() {
    return "control";
  }
}
