package org.typedsession.example;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;

/** What a visitor has who has no session yet. */
@ApplicationScoped
class Defaults {
  @Produces
  @Dependent
  Visit visit() {
    return Guest.NEW;
  }
}
