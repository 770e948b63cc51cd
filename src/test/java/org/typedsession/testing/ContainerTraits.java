package org.typedsession.testing;

/**
 * In which points a servlet container differs from others under the eyes of a client. The defaults
 * are what most do; a container overrides what it does otherwise, and the tests assert that it
 * does.
 */
public interface ContainerTraits {
  /** A container without ways of its own. */
  ContainerTraits USUAL = new ContainerTraits() {};

  /** The value of a cookie that is removed. Browsers remove it whatever that is. */
  default String removedCookieValue() {
    return "";
  }

  /** Whether it has Servlet 6.1, and with it three more ways to redirect. */
  default boolean hasServlet61() {
    return false;
  }

  /**
   * What asynchronous listeners are told of an exception that is thrown after {@code startAsync}:
   * {@code failed}, or {@code timed out} where the container waits for that.
   */
  default String exceptionAfterStartAsync() {
    return "failed";
  }
}
