package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.URL;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Server;
import org.typedsession.testing.http.Answer;
import org.typedsession.testkit.Seed;

/** The example, as built, on a real server: every request, what it costs, and how it fails. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class ExampleIT {
  @Deployment(testable = false)
  static WebArchive example() {
    return ExampleWar.asBuilt();
  }

  @ArquillianResource private URL base;

  private WebApp app;

  @BeforeEach
  void openApplication() {
    app = new WebApp(base);
  }

  @Test
  void page_anyVisitor_comesWithAStrictPolicyAndNoSession() {
    for (String file : List.of("", "app.css", "app.js", "sessions.js", "admin.js", "icon.svg")) {
      JsonObject before = app.operations();

      Answer answer = app.get(file, WebApp.NO_COOKIE);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.setCookies()).isEmpty();
      assertThat(answer.header("Content-Security-Policy"))
          .startsWith("default-src 'none';")
          .doesNotContain("unsafe");
      assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
      assertThat(app.operations()).isEqualTo(before);
    }
    assertThat(app.get("", WebApp.NO_COOKIE).body())
        .doesNotContain("http:", "https:", "style=", "onclick=");
  }

  @Test
  void page_visitorWithASession_costsNothing() {
    String cookie = app.newSession();
    JsonObject before = app.operations();

    assertThat(app.get("", cookie).setCookies()).isEmpty();
    assertThat(app.get("app.css", cookie).status()).isEqualTo(200);

    assertThat(app.operations()).isEqualTo(before);
  }

  @Test
  void visit_withoutSession_createsNothing() {
    JsonObject before = app.operations();

    Answer answer = app.visit(WebApp.NO_COOKIE);

    assertThat(answer.showsSession()).isFalse();
    assertThat(answer.json().getString("node")).isNotBlank();
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(answer.header("Cache-Control")).contains("no-store");
    assertThat(answer.setCookies()).isEmpty();
    assertThat(app.operations()).isEqualTo(before);
  }

  @Test
  void visit_withSession_costsOneRead() {
    String cookie = app.newSession();
    JsonObject before = app.operations();

    Answer answer = app.visit(cookie);

    assertThat(answer.session().getString("kind")).isEqualTo("Guest");
    assertThat(answer.session().isNull("name")).isTrue();
    assertThat(answer.count()).isEqualTo(1);
    assertThat(answer.items()).isEmpty();
    assertThat(answer.handle()).matches("[0-9a-f]{32}");
    assertThat(answer.id()).matches("[0-9a-f]{8}");
    assertThat(answer.setCookies()).isEmpty();
    assertCost(before, "read", 1);
  }

  @Test
  void count_withoutSession_createsOne() {
    JsonObject before = app.operations();

    Answer answer = app.post("api/count", WebApp.NO_COOKIE);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.count()).isEqualTo(1);
    assertThat(answer.setCookies()).singleElement().asString().contains("; HttpOnly");
    assertThat(answer.cookie()).matches("[!-:<-~]+=[A-Za-z0-9_-]{35}");
    assertCost(before, "create", 1);
    assertThat(app.visit(answer.cookie()).session()).isEqualTo(answer.session());
  }

  @Test
  void count_withSession_keepsTheIdAndCostsOneReadAndOneWrite() {
    String cookie = app.newSession();
    Answer first = app.visit(cookie);
    JsonObject before = app.operations();

    Answer answer = app.post("api/count", cookie);

    assertThat(answer.count()).isEqualTo(2);
    assertThat(answer.id()).isEqualTo(first.id());
    assertThat(answer.handle()).isEqualTo(first.handle());
    assertThat(answer.setCookies()).isEmpty();
    assertCost(before, "read", 1, "writeInPlace", 1);
  }

  @Test
  void items_eleventh_isRefusedAsAProblem() {
    String cookie = app.newSession();
    for (int i = 0; i < 10; i++) {
      assertThat(app.post("api/items/pear", cookie).status()).isEqualTo(200);
    }
    JsonObject before = app.operations();

    Answer refused = app.post("api/items/apple", cookie);

    assertProblem(refused, 422, "api/items/apple");
    assertCost(before, "read", 1);
    assertThat(app.visit(cookie).items().getInt("pear")).isEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a%22b%5Cc | a\"b\\c",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E | <script>alert(1)</script>",
        "cr%C3%A8me%20br%C3%BBl%C3%A9e | crème brûlée",
        "%F0%9F%8D%8E%F0%9F%8D%8E | 🍎🍎",
        "100%25 | 100%"
      })
  void items_anyPrintableName_comesBackAsItWas(String segment, String name) {
    String cookie = app.newSession();

    Answer answer = app.post("api/items/" + segment, cookie);

    OptionalInt refusal = Server.current().refusalOf(segment);
    if (refusal.isPresent()) {
      assertThat(answer.status()).isEqualTo(refusal.getAsInt());
      assertThat(app.visit(cookie).items()).isEmpty();
      return;
    }
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.items().keySet()).containsExactly(name);
    assertThat(app.visit(cookie).items().getInt(name)).isEqualTo(1);
    assertThat(answer.header("Content-Type")).startsWith("application/json");
  }

  @Test
  void setCount_withSession_replacesTheCount() {
    String cookie = app.newSession();
    app.post("api/items/apple", cookie);

    Answer answer = app.post("api/set-count?value=42", cookie);

    assertThat(answer.count()).isEqualTo(42);
    assertThat(answer.total()).isEqualTo(1);
    assertThat(answer.setCookies()).isEmpty();
  }

  @Test
  void login_guest_getsANewIdAndTheOldOneIsDead() {
    String cookie = app.newSession();
    Answer guest = app.visit(cookie);
    JsonObject before = app.operations();

    Answer login = app.post("api/login?name=Ada%20L.", cookie);

    assertThat(login.status()).isEqualTo(200);
    assertThat(login.session().getString("kind")).isEqualTo("Member");
    assertThat(login.isNamed("Ada L.")).isTrue();
    assertThat(login.count()).isEqualTo(1);
    assertThat(login.handle()).isEqualTo(guest.handle());
    assertThat(login.id()).isNotEqualTo(guest.id());
    assertThat(login.cookie()).isNotEqualTo(cookie);
    assertCost(before, "read", 1, "remap", 1);
    assertThat(app.visit(login.cookie()).session()).isEqualTo(login.session());
    assertThat(app.visit(cookie).showsSession()).isFalse();
    assertProblem(app.post("api/count", cookie), 409, "api/count");
  }

  @Test
  void login_withoutSession_makesAMember() {
    Answer login = app.post("api/login?name=Ada", WebApp.NO_COOKIE);

    assertThat(login.isNamed("Ada")).isTrue();
    assertThat(app.visit(login.cookie()).isNamed("Ada")).isTrue();
  }

  @Test
  void rotate_withSession_givesTheSameVisitANewId() {
    String cookie = app.post("api/login?name=Ada", app.newSession()).cookie();
    Answer visit = app.visit(cookie);
    JsonObject before = app.operations();

    Answer rotated = app.post("api/rotate", cookie);

    assertThat(rotated.status()).isEqualTo(200);
    assertThat(rotated.cookie()).isNotEqualTo(cookie);
    assertThat(rotated.id()).isNotEqualTo(visit.id());
    assertThat(rotated.handle()).isEqualTo(visit.handle());
    assertThat(rotated.isNamed("Ada")).isTrue();
    assertThat(rotated.count()).isEqualTo(visit.count());
    assertCost(before, "read", 1, "remap", 1);
    assertThat(app.visit(rotated.cookie()).session()).isEqualTo(rotated.session());
    assertThat(app.visit(cookie).showsSession()).isFalse();
  }

  @Test
  void rotate_withoutSession_createsNothing() {
    JsonObject before = app.operations();

    Answer answer = app.post("api/rotate", WebApp.NO_COOKIE);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.showsSession()).isFalse();
    assertThat(answer.setCookies()).isEmpty();
    assertThat(app.operations()).isEqualTo(before);
  }

  @Test
  void logout_member_endsTheSessionAndRemovesTheCookie() {
    String cookie = app.post("api/login?name=Ada", WebApp.NO_COOKIE).cookie();
    JsonObject before = app.operations();

    Answer logout = app.post("api/logout", cookie);

    assertThat(logout.status()).isEqualTo(200);
    assertThat(logout.showsSession()).isFalse();
    assertThat(logout.setCookies())
        .singleElement()
        .asString()
        .matches(".*(Max-Age=0|Expires=Thu, 01[- ]Jan[- ]1970).*");
    assertCost(before, "read", 1, "delete", 1);
    assertThat(app.visit(cookie).showsSession()).isFalse();
  }

  @Test
  void logout_withoutSession_costsNothing() {
    JsonObject before = app.operations();

    Answer logout = app.post("api/logout", WebApp.NO_COOKIE);

    assertThat(logout.status()).isEqualTo(200);
    assertThat(logout.setCookies()).isEmpty();
    assertThat(app.operations()).isEqualTo(before);
  }

  @Test
  void sessions_guest_isToldToLogIn() {
    String cookie = app.newSession();

    assertProblem(app.get("api/sessions", WebApp.NO_COOKIE), 403, "api/sessions");
    assertProblem(app.get("api/sessions", cookie), 403, "api/sessions");
    assertProblem(app.post("api/sessions/end-others", cookie), 403, "api/sessions/end-others");
  }

  @Test
  void sessions_twoOfOneName_areListedAndKnownByTheirClients() {
    String name = newName();
    Answer first = logIn(name, "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/145.0");
    Answer second = logIn(name, "curl/8.5.0");

    Answer answer = app.get("api/sessions", second.cookie());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().getString("name")).isEqualTo(name);
    List<JsonObject> sessions =
        answer.json().getJsonArray("sessions").getValuesAs(JsonObject.class);
    assertThat(sessions)
        .extracting(session -> session.getString("handle"))
        .containsExactly(first.handle(), second.handle());
    assertThat(sessions)
        .extracting(session -> session.getString("label"))
        .containsExactly("Firefox on Windows", "curl");
    assertThat(sessions)
        .extracting(session -> session.getBoolean("own"))
        .containsExactly(false, true);
    assertThat(answer.body()).doesNotContain(first.id(), second.id());
  }

  @Test
  void endSession_another_isLoggedOutAtItsNextRequest() {
    String name = newName();
    Answer first = logIn(name, "curl/8.5.0");
    Answer second = logIn(name, "curl/8.5.0");

    Answer answer = app.post("api/sessions/end?handle=" + first.handle(), second.cookie());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(handles(answer)).containsExactly(second.handle());
    assertThat(app.visit(first.cookie()).showsSession()).isFalse();
    assertThat(app.visit(second.cookie()).session()).isEqualTo(second.session());
    String path = "api/sessions/end";
    assertProblem(app.post(path + "?handle=" + first.handle(), second.cookie()), 404, path);
  }

  @Test
  void endSession_ofSomebodyElse_isNotThere() {
    Answer ada = logIn(newName(), "curl/8.5.0");
    Answer eve = logIn(newName(), "curl/8.5.0");
    String path = "api/sessions/end";

    assertProblem(app.post(path + "?handle=" + ada.handle(), eve.cookie()), 404, path);
    assertProblem(app.post(path + "?handle=Ada", eve.cookie()), 400, path);
    assertProblem(app.post(path, eve.cookie()), 400, path);

    assertThat(app.visit(ada.cookie()).session()).isEqualTo(ada.session());
  }

  @Test
  void endSession_ownOne_isALogout() {
    Answer login = logIn(newName(), "curl/8.5.0");

    Answer answer = app.post("api/sessions/end?handle=" + login.handle(), login.cookie());

    assertThat(answer.showsSession()).isFalse();
    assertThat(answer.setCookies()).hasSize(1);
    assertThat(app.visit(login.cookie()).showsSession()).isFalse();
  }

  @Test
  void endOthers_threeSessions_leavesTheOneThatAsks() {
    String name = newName();
    Answer first = logIn(name, "curl/8.5.0");
    Answer second = logIn(name, "curl/8.5.0");
    Answer third = logIn(name, "curl/8.5.0");

    Answer answer = app.post("api/sessions/end-others", second.cookie());

    assertThat(handles(answer)).containsExactly(second.handle());
    assertThat(app.visit(first.cookie()).showsSession()).isFalse();
    assertThat(app.visit(second.cookie()).isNamed(name)).isTrue();
    assertThat(app.visit(third.cookie()).showsSession()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"admin/", "admin/index.html", "api/admin/sessions?name=Ada", "api/admin/nothing"})
  void administration_withoutTheRole_isRefused(String path) {
    String file = path.split("\\?", 2)[0];

    assertProblem(app.get(path, WebApp.NO_COOKIE), 403, file);
    assertProblem(app.get(path, app.newSession()), 403, file);
    Answer refused = app.get(path, logIn(newName(), "curl/8.5.0").cookie());
    assertProblem(refused, 403, file);
    assertThat(refused.header("Content-Security-Policy")).startsWith("default-src 'none';");
  }

  @Test
  void administration_withoutTheRole_endsNothing() {
    String name = newName();
    Answer ada = logIn(name, "curl/8.5.0");
    String cookie = logIn(newName(), "curl/8.5.0").cookie();

    assertProblem(app.post("api/admin/end-all?name=" + name, cookie), 403, "api/admin/end-all");
    assertProblem(
        app.post("api/admin/end?name=" + name + "&handle=" + ada.handle(), cookie),
        403,
        "api/admin/end");

    assertThat(app.visit(ada.cookie()).session()).isEqualTo(ada.session());
  }

  @Test
  void administration_withTheRole_listsAndEndsTheSessionsOfAnybody() {
    String administrator = logIn("admin", "curl/8.5.0").cookie();
    String name = newName();
    Answer first = logIn(name, "curl/8.5.0");
    Answer second = logIn(name, "curl/8.5.0");
    Answer third = logIn(name, "curl/8.5.0");

    Answer page = app.get("admin/", administrator);
    Answer list = app.get("api/admin/sessions?name=" + name, administrator);

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Cache-Control")).contains("no-store");
    assertThat(page.body()).contains("Everybody's sessions").doesNotContain("http:", "style=");
    assertThat(handles(list)).containsExactly(first.handle(), second.handle(), third.handle());

    Answer one =
        app.post("api/admin/end?name=" + name + "&handle=" + second.handle(), administrator);

    assertThat(handles(one)).containsExactly(first.handle(), third.handle());
    assertThat(app.visit(second.cookie()).showsSession()).isFalse();

    Answer all = app.post("api/admin/end-all?name=" + name, administrator);

    assertThat(handles(all)).isEmpty();
    assertThat(app.visit(first.cookie()).showsSession()).isFalse();
    assertThat(app.visit(third.cookie()).showsSession()).isFalse();
    assertThat(app.visit(administrator).session().getBoolean("administrator")).isTrue();
  }

  @Test
  void login_becomingSomebodyElse_losesTheRole() {
    String administrator = logIn("admin", "curl/8.5.0").cookie();

    Answer login = app.post("api/login?name=" + newName(), administrator);

    assertThat(login.session().getBoolean("administrator")).isFalse();
    assertThat(app.get("admin/", login.cookie()).status()).isEqualTo(403);
    assertThat(app.get("admin/", administrator).status()).isEqualTo(403);
  }

  @Test
  void request_ofAPageOfAnotherOrigin_changesNothing() {
    String name = newName();
    Answer first = logIn(name, "curl/8.5.0");
    logIn(name, "curl/8.5.0");
    String path = "api/sessions/end-others";

    for (Map<String, String> headers :
        List.of(
            Map.of("Sec-Fetch-Site", "same-site"),
            Map.of("Sec-Fetch-Site", "cross-site"),
            Map.of("Origin", "http://evil.example"),
            Map.of("Origin", "null"))) {
      assertProblem(app.send("POST", path, first.cookie(), headers), 403, path);
    }

    assertThat(handles(app.get("api/sessions", first.cookie()))).hasSize(2);
    assertThat(
            app.send("POST", path, first.cookie(), Map.of("Sec-Fetch-Site", "same-origin"))
                .status())
        .isEqualTo(200);
  }

  @Test
  void operations_always_namesEveryCounter() {
    assertThat(app.operations().keySet())
        .containsExactlyInAnyOrder(
            "create", "read", "writeInPlace", "remap", "delete", "conflict", "rerun", "node");
  }

  @Test
  void cluster_oneServer_namesItAndNoOthers() {
    JsonObject before = app.operations();

    Answer answer = app.get("api/cluster", WebApp.NO_COOKIE);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().keySet()).containsExactlyInAnyOrder("node", "members", "nodes");
    assertThat(answer.json().getString("node")).isEqualTo(before.getString("node"));
    assertThat(answer.json().get("members").toString())
        .isEqualTo(Server.current().hasSessionContainer() ? "1" : "null");
    assertThat(answer.json().getJsonArray("nodes")).isEmpty();
    assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
    assertThat(app.operations()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api/count?delay=-1",
        "api/count?delay=5001",
        "api/count?delay=soon",
        "api/count?delay=",
        "api/set-count",
        "api/set-count?value=-1",
        "api/set-count?value=1000001",
        "api/set-count?value=%3Cb%3E",
        "api/items",
        "api/items/",
        "api/items/%20",
        "api/items/a%00b",
        "api/items/a%0D%0ASet-Cookie:x",
        "api/items/%FF%FE",
        "api/items/0123456789012345678901234567890123456789X",
        "api/login",
        "api/login?name=",
        "api/login?name=a%07b",
        "api/login?name=0123456789012345678901234567890123456789X",
        "api/logout?delay=1e3",
        "api/rotate?delay=-1"
      })
  void request_invalidInput_isAProblemAndChangesNothing(String path) {
    String cookie = app.newSession();
    Answer before = app.visit(cookie);

    Answer answer = app.post(path, cookie);

    OptionalInt refusal = Server.current().refusalOf(path);
    if (refusal.isPresent()) {
      assertThat(answer.status()).isEqualTo(refusal.getAsInt());
    } else {
      assertProblem(answer, 400, path.split("\\?", 2)[0]);
    }
    assertThat(answer.setCookies()).isEmpty();
    assertThat(app.visit(cookie).session()).isEqualTo(before.session());
  }

  @ParameterizedTest
  @ValueSource(strings = {"api", "api/", "api/nothing", "nothing.html", "problem", "META-INF.txt"})
  void request_unknownPath_isAProblem(String path) {
    assertProblem(app.get(path, WebApp.NO_COOKIE), 404, path);
    assertProblem(app.get(path, app.newSession()), 404, path);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, api/count, 'POST, OPTIONS'",
    "HEAD, api/count, 'POST, OPTIONS'",
    "PUT, api/count, 'POST, OPTIONS'",
    "GET, api/items/apple, 'POST, OPTIONS'",
    "DELETE, api/items/apple, 'POST, OPTIONS'",
    "GET, api/login, 'POST, OPTIONS'",
    "GET, api/logout, 'POST, OPTIONS'",
    "GET, api/rotate, 'POST, OPTIONS'",
    "GET, api/set-count, 'POST, OPTIONS'",
    "POST, api/visit, 'GET, HEAD, OPTIONS'",
    "PATCH, api/visit, 'GET, HEAD, OPTIONS'",
    "POST, api/sessions, 'GET, HEAD, OPTIONS'",
    "GET, api/sessions/end, 'POST, OPTIONS'",
    "GET, api/sessions/end-others, 'POST, OPTIONS'",
    "POST, api/operations, 'GET, HEAD, OPTIONS'",
    "POST, api/cluster, 'GET, HEAD, OPTIONS'"
  })
  void request_otherMethod_isRefusedAndNamesTheRightOnes(
      String method, String path, String allowed) {
    JsonObject before = app.operations();

    Answer answer = app.send(method, path, WebApp.NO_COOKIE);

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo(allowed);
    if (method.equals("HEAD")) {
      assertThat(answer.body()).isEmpty();
    } else {
      assertProblem(answer, 405, path);
    }
    assertThat(app.operations()).isEqualTo(before);
  }

  @Test
  void request_options_namesTheMethodsAndCostsNothing() {
    String cookie = app.newSession();
    JsonObject before = app.operations();

    Answer answer = app.send("OPTIONS", "api/count", cookie);

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.header("Allow")).isEqualTo("POST, OPTIONS");
    assertThat(answer.setCookies()).isEmpty();
    assertThat(app.operations()).isEqualTo(before);
  }

  @Test
  void visit_head_answersWithoutABody() {
    String cookie = app.newSession();
    JsonObject before = app.operations();

    Answer answer = app.send("HEAD", "api/visit", cookie);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.header("Content-Type")).startsWith("application/json");
    assertThat(answer.setCookies()).isEmpty();
    assertCost(before, "read", 1);
  }

  @Test
  void request_unknownButWellFormedCookie_isNeverAdopted() {
    String name = app.newSession().split("=", 2)[0];
    String madeUp = name + "=" + "A".repeat(35);

    assertThat(app.visit(madeUp).showsSession()).isFalse();
    Answer created = app.post("api/count", madeUp);

    assertThat(created.cookie()).isNotEqualTo(madeUp);
    assertThat(app.visit(madeUp).showsSession()).isFalse();
    assertThat(app.visit(created.cookie()).count()).isEqualTo(1);
  }

  private void assertProblem(Answer answer, int status, String path) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.header("Content-Security-Policy")).startsWith("default-src 'none';");
    assertThat(answer.header("Cache-Control")).contains("no-store");
    JsonObject problem = answer.json();
    assertThat(problem.getString("type")).isEqualTo("about:blank");
    assertThat(problem.getInt("status")).isEqualTo(status);
    assertThat(problem.getString("title")).isNotBlank();
    assertThat(problem.getString("detail")).isNotBlank();
    assertThat(problem.getString("instance")).isEqualTo(app.base().getPath() + path);
    assertThat(answer.body()).doesNotContain("Exception", "org.typedsession", "at java.");
  }

  private Answer logIn(String name, String userAgent) {
    Answer login =
        app.send(
            "POST", "api/login?name=" + name, WebApp.NO_COOKIE, Map.of("User-Agent", userAgent));
    assertThat(login.status()).isEqualTo(200);
    return login;
  }

  /** A visitor of whom there are no sessions yet. */
  private static String newName() {
    return "v-" + HexFormat.of().toHexDigits(Seed.random().nextLong());
  }

  private static List<String> handles(Answer answer) {
    return answer.json().getJsonArray("sessions").getValuesAs(JsonObject.class).stream()
        .map(session -> session.getString("handle"))
        .toList();
  }

  /** Asserts that just these counters went up since {@code before}, by so much. */
  private void assertCost(JsonObject before, Object... expected) {
    JsonObject after = app.operations();
    for (String name : before.keySet()) {
      if (!name.equals("node")) {
        int position = List.of(expected).indexOf(name);
        int cost = position < 0 ? 0 : (int) expected[position + 1];
        assertThat(after.getInt(name) - before.getInt(name)).as(name).isEqualTo(cost);
      }
    }
  }
}
