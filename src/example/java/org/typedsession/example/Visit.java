package org.typedsession.example;

/**
 * The session data: who visits, what is in the basket, and how often the visitor clicked.
 *
 * <p>It is sealed, so moving from {@link Guest} to {@link Member} is a privilege change and gives
 * the session a new id. Everything else here is routine and keeps it.
 */
public sealed interface Visit permits Guest, Member {
  /** What the visitor picked. */
  Basket basket();

  /** How often the visitor clicked. */
  int count();

  /** This visit with another basket. */
  Visit withBasket(Basket basket);

  /** This visit with another count. */
  Visit withCount(int count);

  /** This visit, one click later. */
  default Visit clicked() {
    return withCount(Math.addExact(count(), 1));
  }

  /**
   * This visit with one more of {@code item} in the basket.
   *
   * @throws BasketFullException if the basket is full
   */
  default Visit picked(String item) {
    return withBasket(basket().plus(item));
  }

  /** This visit by {@code name}, who keeps the basket and the count. */
  default Member as(String name, boolean administrator) {
    return new Member(name, administrator, basket(), count());
  }
}
