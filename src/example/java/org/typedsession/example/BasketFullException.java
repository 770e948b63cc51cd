package org.typedsession.example;

/** One item too many for a {@link Basket}. */
public final class BasketFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BasketFullException() {
    super("a basket holds " + Basket.CAPACITY + " items");
  }
}
