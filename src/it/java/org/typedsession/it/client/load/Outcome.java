package org.typedsession.it.client.load;

/** How a request came out, as its user sees it. */
public enum Outcome {
  /** 2xx. */
  SERVED,
  /** 409: another request was first. */
  CONFLICT,
  /** 2xx, but there is no session any more for a cookie that was acknowledged. */
  LOST,
  /** 503. */
  UNAVAILABLE,
  /** 404: the server runs, and the application does not. */
  NOT_THERE,
  /** A timeout, or an error of the connection. */
  NO_ANSWER,
  /** Any other status. */
  ERROR;

  /** Whether the user was turned away, and might try again. */
  public boolean isRefusal() {
    return compareTo(UNAVAILABLE) >= 0;
  }
}
