package org.typedsession.example;

import org.typedsession.Privilege;

/**
 * A visit by someone who logged in.
 *
 * @param name who it is; marked, so that becoming someone else gives the session a new id too
 * @param basket what the visitor picked
 * @param count how often the visitor clicked
 */
public record Member(@Privilege String name, Basket basket, int count) implements Visit {
  @Override
  public Member withBasket(Basket newBasket) {
    return new Member(name, newBasket, count);
  }

  @Override
  public Member withCount(int newCount) {
    return new Member(name, basket, newCount);
  }
}
