package org.typedsession.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.typedsession.testing.http.Answer;
import org.typedsession.testing.http.RawConnection;

/**
 * A client with a cookie jar, who knows what its session has to be: every answer is checked. One
 * request at a time.
 */
final class Visitor {
  private static final String ROUTE = ".node";

  private final Site site;
  private final int home;
  private final Map<String, String> cookies = new LinkedHashMap<>();
  private Basket expected = Basket.ofSize(200);

  /**
   * @param home the node that begins its session
   */
  Visitor(Site site, int home) {
    this.site = site;
    this.home = home;
  }

  void begin(RawConnection connection) throws IOException {
    exchange(connection, "POST", "/begin");
    if (cookies.isEmpty()) {
      throw new IllegalStateException(site.label + " set no cookie");
    }
  }

  /** The node that its cookie names, as WildFly's do, or the one that began its session. */
  int node() {
    String cookie = cookies.getOrDefault("JSESSIONID", "");
    int at = cookie.lastIndexOf(ROUTE);
    return at < 0 ? home : Integer.parseInt(cookie.substring(at + ROUTE.length())) - 1;
  }

  /**
   * Asks for a page.
   *
   * @return whether the answer goes by all that was answered before
   */
  boolean visit(RawConnection connection, Page page) throws IOException {
    Map<String, String> before = Map.copyOf(cookies);
    String answer = exchange(connection, page.method, page.path);
    if (page == Page.LOGIN && before.equals(cookies)) {
      throw new IllegalStateException(site.label + " kept its id at a login");
    }
    Basket wanted =
        switch (page) {
          case NONE, READ -> expected;
          case COUNT -> expected.next();
          case LOGIN -> expected.otherUser();
        };
    Basket got =
        switch (page) {
          case NONE -> answer.equals("ok") ? expected : failed(answer);
          case READ -> parse(answer);
          case COUNT -> new Basket(expected.user(), Long.parseLong(answer), expected.items());
          case LOGIN -> new Basket(answer, expected.count(), expected.items());
        };
    // So that one change that was missed counts once.
    expected = got;
    boolean right = got.equals(wanted);
    if (!right && (site == Site.TYPED || site == Site.BEFORE)) {
      throw new IllegalStateException("expected %s, got %s".formatted(wanted, got));
    }
    return right;
  }

  private Basket parse(String answer) {
    String[] parts = answer.split(" ");
    if (Integer.parseInt(parts[2]) != expected.items().length()) {
      failed(answer);
    }
    return new Basket(parts[0], Long.parseLong(parts[1]), expected.items());
  }

  private Basket failed(String answer) {
    throw new IllegalStateException(site.label + " answered " + answer);
  }

  private String exchange(RawConnection connection, String method, String path) throws IOException {
    Answer reply =
        connection.send(
            method,
            site.context() + path,
            cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; ")));
    if (reply.status() != 200) {
      throw new IllegalStateException(
          "%s answered %s with %d: %s".formatted(site.label, path, reply.status(), reply.body()));
    }
    List<String> fields = reply.setCookies();
    for (String field : fields) {
      String[] pair = field.split(";", 2)[0].split("=", 2);
      cookies.put(pair[0], pair[1]);
    }
    return reply.body();
  }
}
