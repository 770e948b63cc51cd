package org.typedsession.example;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a visitor picked: item names to quantities, never more than {@value #CAPACITY} in all.
 *
 * @param items immutable, in the order of the names
 */
public record Basket(SortedMap<String, Integer> items) {
  /** How many items a basket holds. */
  public static final int CAPACITY = 10;

  /** A basket with nothing in it. */
  public static final Basket EMPTY = new Basket(new TreeMap<>());

  /**
   * @throws IllegalArgumentException if a quantity is not positive
   * @throws BasketFullException if the quantities add up to more than {@value #CAPACITY}
   */
  public Basket {
    long total = 0;
    for (int quantity : items.values()) {
      if (quantity < 1) {
        throw new IllegalArgumentException("quantity must be positive, was " + quantity);
      }
      total += quantity;
    }
    if (total > CAPACITY) {
      throw new BasketFullException();
    }
    items = Collections.unmodifiableSortedMap(new TreeMap<>(items));
  }

  /**
   * This basket with one more of {@code item}.
   *
   * @throws BasketFullException if it is full
   */
  public Basket plus(String item) {
    SortedMap<String, Integer> more = new TreeMap<>(items);
    more.merge(item, 1, Integer::sum);
    return new Basket(more);
  }
}
