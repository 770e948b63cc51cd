package shop;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;

/** What a client begins with. */
@Dependent
class Visitor {
  @Produces
  static Account guest() {
    return new Account.Guest(0, "plain");
  }
}
