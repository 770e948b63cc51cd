package org.typedsession.it.client.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.typedsession.SessionCookieValue;
import org.typedsession.testkit.SequentialCookieGenerator;

/**
 * What the example does, in one map and on several ports, with a flaw if that is wanted.
 *
 * <p>Flaws show at every {@value #SELDOM}th opportunity, or always where those are few.
 */
final class FakeWebApp implements AutoCloseable {
  static final String FAILURE = "a page about a failure";

  private static final int SELDOM = 15;

  /** What may be wrong with it. */
  enum Flaw {
    /** Forgets a session when somebody looks at it. */
    FORGETS,
    /** Acknowledges a click and does not count it. */
    LOSES_CLICKS,
    /** Counts a click twice. */
    COUNTS_TWICE,
    /** Leaves the old id alive when there is a new one. */
    FORKS,
    /** Acknowledges a logout and does nothing. */
    IGNORES_LOGOUTS,
    /** Acknowledges a logout, and shows the session once more. */
    ENDS_LATE,
    /** Shows the state before the last click. */
    SHOWS_OLD_STATE,
    /** Answers 500. */
    FAILS,
    /** Shows another's session. */
    MIXES_UP,
    /** Sets a cookie with a refusal. */
    SETS_COOKIES_WITH_REFUSALS
  }

  /** How a node behaves. */
  enum Mood {
    WELL,
    /** Refuses without having done anything. */
    REFUSES,
    /** Does it, and refuses all the same. */
    DOES_AND_REFUSES,
    /** Does it, and never answers. */
    DOES_AND_HANGS
  }

  static {
    // Otherwise every answer waits 40 ms for an acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private volatile @Nullable Flaw flaw;
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Mood> moods = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Map<String, Stored> cookies = new HashMap<>();
  private long cookiesGiven;
  private int opportunities;
  private final AtomicInteger shown = new AtomicInteger();

  private static final class Stored {
    private final String handle;
    private String cookie;
    private int count;
    private int countBefore;
    private @Nullable String user;
    private boolean ended;
    private boolean shownOnceMore;

    private Stored(String handle, String cookie) {
      this.handle = handle;
      this.cookie = cookie;
    }
  }

  private record Answer(int status, String body, @Nullable String setCookie) {}

  FakeWebApp(int size, @Nullable Flaw flaw) {
    this.flaw = flaw;
    for (int i = 1; i <= size; i++) {
      String name = "node-" + i;
      try {
        HttpServer server =
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/app/api/", exchange -> answer(name, exchange));
        server.setExecutor(threads);
        server.start();
        servers.add(server);
        int port = server.getAddress().getPort();
        nodes.add(new Node(name, URI.create("http://127.0.0.1:" + port + "/app/")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  List<Node> nodes() {
    return nodes;
  }

  /** From now on there is no flaw. */
  void mend() {
    flaw = null;
  }

  void mood(int node, Mood mood) {
    moods.put(nodes.get(node).name(), mood);
  }

  /** Ends a node; its port refuses connections then. */
  void stop(int node) {
    servers.get(node).stop(0);
  }

  private void answer(String node, HttpExchange exchange) throws IOException {
    Mood mood = moods.getOrDefault(node, Mood.WELL);
    Answer answer = mood == Mood.REFUSES ? refusal() : done(exchange);
    if (mood == Mood.DOES_AND_REFUSES) {
      answer = refusal();
    } else if (mood == Mood.DOES_AND_HANGS) {
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    if (answer.setCookie() != null) {
      exchange.getResponseHeaders().add("Set-Cookie", answer.setCookie());
    }
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static Answer refusal() {
    return new Answer(503, "", null);
  }

  private synchronized Answer done(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    String field = exchange.getRequestHeaders().getFirst("Cookie");
    Stored named = field == null ? null : cookies.get(field.substring("sid=".length()));
    boolean current =
        named != null && !named.ended && named.cookie.equals(field.substring("sid=".length()));
    boolean moved = named != null && !named.ended && !current;
    return switch (path.substring(path.lastIndexOf('/') + 1)) {
      case "visit" -> look(current || lingers(named) ? named : null);
      case "count" -> moved ? conflict() : click(current ? named : null);
      case "login" -> moved ? conflict() : login(current ? named : null, user(exchange));
      case "rotate" -> current ? rotate(named) : shown(null);
      case "logout" -> logout(named);
      default -> new Answer(404, "", null);
    };
  }

  private boolean lingers(@Nullable Stored session) {
    if (session == null || !session.shownOnceMore || flaw == null) {
      return false;
    }
    session.shownOnceMore = false;
    return true;
  }

  private static String user(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    return URLDecoder.decode(query.substring("name=".length()), StandardCharsets.UTF_8);
  }

  private boolean isTime(Flaw candidate) {
    boolean often = candidate == Flaw.SETS_COOKIES_WITH_REFUSALS;
    boolean time = flaw == candidate && (often || ++opportunities % SELDOM == 0);
    if (time) {
      shown.incrementAndGet();
    }
    return time;
  }

  /** How often the flaw could be seen so far. */
  int shown() {
    return shown.get();
  }

  private Answer look(@Nullable Stored session) {
    if (isTime(Flaw.FAILS)) {
      return new Answer(500, FAILURE, null);
    }
    if (session != null && isTime(Flaw.FORGETS)) {
      session.ended = true;
      return shown(null);
    }
    if (session != null && isTime(Flaw.MIXES_UP)) {
      return shown(new Stored("f".repeat(32), session.cookie));
    }
    if (session != null && session.countBefore != session.count && isTime(Flaw.SHOWS_OLD_STATE)) {
      Stored old = new Stored(session.handle, session.cookie);
      old.user = session.user;
      old.count = session.countBefore;
      return shown(old);
    }
    return shown(session);
  }

  private Answer click(@Nullable Stored session) {
    Stored clicked = session == null ? begin() : session;
    clicked.countBefore = clicked.count;
    clicked.count++;
    Answer answer = shown(clicked);
    if (session != null && isTime(Flaw.LOSES_CLICKS)) {
      clicked.count--;
    } else if (session != null && isTime(Flaw.COUNTS_TWICE)) {
      clicked.count++;
    }
    return session == null ? with(answer, clicked) : answer;
  }

  private Answer login(@Nullable Stored session, String user) {
    Stored member = session == null ? begin() : session;
    member.user = user;
    return session == null ? with(shown(member), member) : rotate(member);
  }

  private Answer rotate(Stored session) {
    if (isTime(Flaw.FORKS)) {
      Stored other = new Stored(session.handle, "");
      other.count = session.count;
      other.user = session.user;
      renamed(other);
      return with(shown(other), other);
    }
    renamed(session);
    return with(shown(session), session);
  }

  private Answer logout(@Nullable Stored session) {
    if (session != null && !isTime(Flaw.IGNORES_LOGOUTS)) {
      session.ended = true;
      session.shownOnceMore = isTime(Flaw.ENDS_LATE);
    }
    return new Answer(200, shown(null).body(), "sid=; Max-Age=0; Path=/");
  }

  private Answer conflict() {
    return new Answer(
        409, "{}", isTime(Flaw.SETS_COOKIES_WITH_REFUSALS) ? "sid=; Max-Age=0; Path=/" : null);
  }

  private Stored begin() {
    Stored session = new Stored("%032x".formatted(cookiesGiven), "");
    renamed(session);
    return session;
  }

  private void renamed(Stored session) {
    session.cookie = SequentialCookieGenerator.cookieValue(++cookiesGiven).reveal();
    cookies.put(session.cookie, session);
  }

  private static Answer with(Answer answer, Stored session) {
    return new Answer(
        answer.status(), answer.body(), "sid=" + session.cookie + "; Path=/; HttpOnly");
  }

  private static Answer shown(@Nullable Stored session) {
    JsonObjectBuilder answer = Json.createObjectBuilder();
    if (session == null) {
      answer.addNull("session");
    } else {
      answer.add(
          "session",
          Json.createObjectBuilder()
              .add("handle", session.handle)
              .add("count", session.count)
              .add("name", session.user == null ? JsonValue.NULL : Json.createValue(session.user))
              .add("id", id(session.cookie)));
    }
    return new Answer(200, answer.build().toString(), null);
  }

  private static String id(String cookie) {
    return SessionCookieValue.parse(cookie).orElseThrow().id().toString();
  }

  @Override
  public void close() {
    closing.countDown();
    servers.forEach(server -> server.stop(0));
    threads.shutdownNow();
  }
}
