package org.typedsession.servlet;

/**
 * The texts that this package logs at INFO and above or throws as errors of the deployment, each
 * with an id that is never reused. Which ids are its own is in {@code src/docs/architecture.md}.
 */
final class Messages {
  private Messages() {}

  /** ERROR, and the text of an exception: a cookie is due that cannot be set. */
  static String cookieTooLate() {
    return "TSESS0070: a session was not stored, because its cookie can no longer be set: the"
        + " response is committed, or about to be inside of an include. Change the session, or call"
        + " save(), before that";
  }

  /** ERROR: an early save gave the client a new cookie that cannot be set. */
  static String savedCookieLost() {
    return "TSESS0071: a session was saved, but the response is committed and cannot carry its"
        + " cookie; the client has lost the session. Something writes to the response without"
        + " passing through the one that the filter gave to the application";
  }

  /** ERROR: a session was not stored, and the client has another answer. */
  static String answeredBefore(String reason) {
    return "TSESS0073: a session was not stored, and the response is gone already: " + reason;
  }

  /** Deployment error: a filter without bindings. */
  static String filterWithoutBindings() {
    return "TSESS0074: the session filter got no SessionBindings. It needs CDI, which some servers"
        + " start only for an application with a WEB-INF/beans.xml or a bean-defining annotation: add"
        + " an empty one; without CDI, register new SessionFilter(bindings) by hand";
  }

  /** Deployment error: two bindings with one cookie. */
  static String cookieNameTwice(String name) {
    return "TSESS0075: two types of session use the cookie %s; give each a name of its own"
        .formatted(name);
  }

  /** INFO: the application registers the filter by itself. */
  static String filterManual(String parameter) {
    return "TSESS0076: the session filter is not registered, as %s says".formatted(parameter);
  }

  /** Deployment error: a context parameter with an unknown value. */
  static String filterParameter(String parameter, String value, String allowed) {
    return "TSESS0077: the context parameter %s must be absent or '%s', was '%s'"
        .formatted(parameter, allowed, value);
  }

  /** Deployment error: another filter of that name. */
  static String filterNameTaken(String name, String parameter, String value) {
    return "TSESS0078: the application has a filter called %s already. If that is the session"
            .formatted(name)
        + " filter, set the context parameter %s to '%s'; if not, rename it"
            .formatted(parameter, value);
  }

  /** WARNING: something that was to run at the end of a request failed. */
  static String endingFailed(String reason) {
    return "TSESS0079: an action at the end of a request failed: " + reason;
  }

  /** WARNING: a cookie in an answer that the application lets shared caches store. */
  static String cacheableCookie(String header) {
    return ("TSESS0150: an answer carries a session cookie, and its header %s would let shared caches"
            + " hand that to others; the answer is kept out of them. Caching is for answers that"
            + " neither change nor renew a session. Logged once")
        .formatted(header);
  }

  /** ERROR: a session goes on that was to be ended by a request that failed. */
  static String logoutFailed(String reason) {
    return "TSESS0151: a session was not ended, though the application has deleted it, and its"
        + " request fails for another reason: "
        + reason;
  }

  /** WARNING: a setting for development where it is not meant to be. */
  static String insecureCookieOverHttps(String cookie) {
    return ("TSESS0155: a request came by HTTPS, and its session cookie %s is sent over plain HTTP too,"
            + " where anybody on the way can take it: typed-session.cookie.secure=false is for"
            + " development, best as a system property of the developer's server; take it away"
            + " here")
        .formatted(cookie);
  }
}
