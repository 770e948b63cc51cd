package org.typedsession.example;

import org.typedsession.PrincipalName;
import org.typedsession.Privilege;

/**
 * A visit by someone who logged in.
 *
 * @param name who it is: the sessions of one name are listed and ended together, and becoming
 *     someone else gives the session a new id
 * @param administrator whether this one may see and end the sessions of everybody; marked, so that
 *     gaining or losing that gives the session a new id too
 * @param basket what the visitor picked
 * @param count how often the visitor clicked
 */
public record Member(
    @PrincipalName String name, @Privilege boolean administrator, Basket basket, int count)
    implements Visit {
  @Override
  public Member withBasket(Basket newBasket) {
    return new Member(name, administrator, newBasket, count);
  }

  @Override
  public Member withCount(int newCount) {
    return new Member(name, administrator, basket, newCount);
  }
}
