package org.typedsession.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The user of a request: whom the container has authenticated, or whom a filter of the application
 * names in its place.
 *
 * <p>Safe for use by many threads.
 */
final class RequestUser {
  // The request as the filters of the application pass it on, if they wrap it, and the user whom
  // they gave it then.
  private volatile @Nullable HttpServletRequest passed;
  private volatile @Nullable String passedUser;

  /**
   * Takes note of the user whom a filter names.
   *
   * @param wrapped the request as the filters pass it on
   * @param container the container's request
   */
  void passed(HttpServletRequest wrapped, @Nullable HttpServletRequest container) {
    String user = nameIn(wrapped);
    passed = wrapped;
    passedUser = Objects.equals(user, nameIn(container)) ? null : user;
  }

  /**
   * The user's name; null if there is none.
   *
   * @param container the container's request; null if none is under way
   * @param servedHere whether the calling thread serves the request
   */
  @Nullable String name(@Nullable HttpServletRequest container, boolean servedHere) {
    // A filter may tell the user of whichever thread asks, and this one may serve another request.
    String user = servedHere ? nameIn(passed) : null;
    if (user == null) {
      // Filters may know it no longer once the request has come back to them.
      user = passedUser;
    }
    return user == null ? nameIn(container) : user;
  }

  void forget() {
    passed = null;
    passedUser = null;
  }

  private static @Nullable String nameIn(@Nullable HttpServletRequest request) {
    Principal user = request == null ? null : request.getUserPrincipal();
    return user == null ? null : user.getName();
  }
}
