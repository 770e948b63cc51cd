package org.typedsession.it.bed;

import org.typedsession.Privilege;

/**
 * Session data that declares its privilege.
 *
 * @param name who has logged in; empty: nobody
 * @param items how many things are in the basket
 */
public record Customer(@Privilege String name, int items) {
  /** Nobody, with nothing. */
  public Customer() {
    this("", 0);
  }
}
