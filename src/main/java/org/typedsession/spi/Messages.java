package org.typedsession.spi;

import org.typedsession.SessionHandle;

/**
 * Every text of level INFO and above that this library logs, and of every deployment error, each
 * with an id that is never reused. Not meant for applications.
 *
 * <p>Ids: 0001 to 0029 definition errors, 0030 to 0049 configuration, 0050 to 0069 sessions, 0070
 * to 0089 requests, 0090 to 0119 Infinispan.
 */
public final class Messages {
  private Messages() {}

  /** WARNING: stored data could not be read. */
  public static String undecodable(SessionHandle handle, String reason) {
    return "TSESS0050: session %s was ended, because its stored data cannot be read: %s"
        .formatted(handle, reason);
  }

  /** ERROR, and the text of an exception: a cookie is due that cannot be set. */
  public static String cookieTooLate() {
    return "TSESS0070: a session was not stored, because its cookie can no longer be set: the"
        + " response is committed, or about to be inside of an include. Change the session, or call"
        + " save(), before that";
  }

  /** ERROR: an early save gave the client a new cookie that cannot be set. */
  public static String savedCookieLost() {
    return "TSESS0071: a session was saved, but the response is committed and cannot carry its"
        + " cookie; the client has lost the session. Something writes to the response without"
        + " passing through the one that the filter gave to the application";
  }

  /** WARNING: a store did not work. */
  public static String answering503(String reason) {
    return "TSESS0072: answering 503, because a session could not be read or stored: " + reason;
  }

  /** ERROR: a session was not stored, and the client was told otherwise. */
  public static String answeredBefore(String reason) {
    return "TSESS0073: a session was not stored, and the response is gone already: " + reason;
  }

  /** Deployment error: nobody told the filter what to serve. */
  public static String filterWithoutBindings() {
    return "TSESS0074: the session filter got no SessionBindings. It needs CDI in the container;"
        + " without CDI, register new SessionFilter(bindings) by hand";
  }

  /** Deployment error: two bindings with one cookie. */
  public static String cookieNameTwice(String name) {
    return "TSESS0075: two types of session use the cookie %s; give each a name of its own"
        .formatted(name);
  }

  /** INFO: the application registers the filter by itself. */
  public static String filterManual(String parameter) {
    return "TSESS0076: the session filter is not registered, as %s says".formatted(parameter);
  }

  /** Deployment error: a context parameter with an unknown value. */
  public static String filterParameter(String parameter, String value, String allowed) {
    return "TSESS0077: the context parameter %s must be absent or '%s', was '%s'"
        .formatted(parameter, allowed, value);
  }

  /** Deployment error: another filter of that name. */
  public static String filterNameTaken(String name, String parameter, String value) {
    return "TSESS0078: the application has a filter called %s already. If that is the session"
            .formatted(name)
        + " filter, set the context parameter %s to '%s'; if not, rename it"
            .formatted(parameter, value);
  }

  /** WARNING: something that was to run at the end of a request failed. */
  public static String endingFailed(String reason) {
    return "TSESS0079: the end of a request could not be told to everybody: " + reason;
  }
}
