package org.typedsession.it.apps.probe;

import org.typedsession.PrincipalName;

/**
 * Session data that declares its privilege, and whose it is.
 *
 * @param name who has logged in; empty: nobody
 * @param items how many things are in the basket
 */
public record Customer(@PrincipalName String name, int items) {
  /** Nobody, with nothing. */
  public Customer() {
    this("", 0);
  }
}
