package org.typedsession.example;

/**
 * A visit by someone unknown.
 *
 * @param basket what the visitor picked
 * @param count how often the visitor clicked
 */
public record Guest(Basket basket, int count) implements Visit {
  /** A visit that begins. */
  public static final Guest NEW = new Guest(Basket.EMPTY, 0);

  @Override
  public Guest withBasket(Basket newBasket) {
    return new Guest(newBasket, count);
  }

  @Override
  public Guest withCount(int newCount) {
    return new Guest(basket, newCount);
  }
}
