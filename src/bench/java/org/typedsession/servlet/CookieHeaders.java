package org.typedsession.servlet;

import java.util.Collections;
import java.util.List;

/** The filter's reading of cookies, for the benchmarks. */
public final class CookieHeaders {
  private CookieHeaders() {}

  /** The values of the session cookie in one header field. */
  public static List<String> values(String header) {
    return CookieHeader.values(
        Collections.enumeration(Collections.singletonList(header)), "__Host-session");
  }
}
