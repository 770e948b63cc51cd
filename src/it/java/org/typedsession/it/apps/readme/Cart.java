package org.typedsession.it.apps.readme;

import java.util.List;
import org.typedsession.Privilege;

/** As the README has it. */
public record Cart(@Privilege String user, List<String> items) {
  public Cart() {
    this("guest", List.of());
  }
}
