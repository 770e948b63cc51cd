package org.typedsession.cdi;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.typedsession.servlet.SessionBinding;
import org.typedsession.servlet.SessionFilter;

/** One client of the session filter, with a cookie jar and without a server. */
final class Browser {
  private final SessionFilter filter;
  private final List<SessionBinding<?>> bindings;
  private final Map<String, String> jar = new LinkedHashMap<>();

  // Like a server behind a proxy that HTTPS ends at, unless a test says otherwise.
  private boolean https;

  Browser(SessionFilter filter, List<SessionBinding<?>> bindings) {
    this.filter = filter;
    this.bindings = bindings;
  }

  List<SessionBinding<?>> bindings() {
    return bindings;
  }

  /** The names of the cookies that this client holds. */
  List<String> cookieNames() {
    return List.copyOf(jar.keySet());
  }

  /** The same filter for a client without cookies. */
  Browser somebodyElse() {
    return new Browser(filter, bindings);
  }

  /** Has what follows arrive by HTTPS, or over plain HTTP, which is how it begins. */
  Browser byHttps(boolean secure) {
    https = secure;
    return this;
  }

  /** Has {@code handler} serve a request, and gives the status of the response. */
  int request(Runnable handler) {
    AtomicInteger status = new AtomicInteger(HttpServletResponse.SC_OK);
    try {
      filter.doFilter(request(), response(status), (request, response) -> handler.run());
    } catch (IOException | ServletException e) {
      throw new IllegalStateException(e);
    }
    return status.get();
  }

  private HttpServletRequest request() {
    Map<Object, Object> attributes = new HashMap<>();
    String cookies =
        jar.entrySet().stream()
            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
            .collect(Collectors.joining("; "));
    return implement(
        HttpServletRequest.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "getAttribute" -> attributes.get(arguments[0]);
              case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
              case "getHeaders" ->
                  Collections.enumeration(cookies.isEmpty() ? List.of() : List.of(cookies));
              case "isAsyncStarted" -> false;
              case "isSecure" -> https;
              default -> null;
            });
  }

  private HttpServletResponse response(AtomicInteger status) {
    Map<Object, Object> headers = new HashMap<>();
    return implement(
        HttpServletResponse.class,
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "addCookie" -> keep((Cookie) arguments[0]);
              case "setHeader" -> headers.put(arguments[0], arguments[1]);
              case "getHeader" -> headers.get(arguments[0]);
              case "getHeaders" ->
                  headers.containsKey(arguments[0])
                      ? List.of(headers.get(arguments[0]))
                      : List.of();
              case "getHeaderNames" -> List.copyOf(headers.keySet());
              case "containsHeader" -> headers.containsKey(arguments[0]);
              case "isCommitted" -> false;
              case "getBufferSize" -> 8192;
              case "getStatus" -> status.get();
              case "setStatus", "sendError" -> {
                status.set((Integer) arguments[0]);
                yield null;
              }
              default -> null;
            });
  }

  private Object keep(Cookie cookie) {
    return cookie.getMaxAge() == 0
        ? jar.remove(cookie.getName())
        : jar.put(cookie.getName(), cookie.getValue());
  }

  private static <T> T implement(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
