package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.apps.Handshake;
import org.typedsession.it.apps.Visit;
import org.typedsession.it.apps.VisitEndpoint;
import org.typedsession.it.apps.VisitServlet;
import org.typedsession.it.apps.security.Account;
import org.typedsession.it.client.LiveConnection;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Cluster;
import org.typedsession.testing.http.Answer;

/**
 * Users on three nodes: their sessions are listed, limited and ended from any of them, and all that
 * is stored is sealed.
 */
@Tag("cluster")
@Tag("chaos")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class ClusterUsersIT {
  private static final int LIMIT = 3;
  private static final int ROUNDS = 20;
  private static final Duration UNUSED_UNTIL_TOLD = Duration.ofMinutes(3);

  @ArquillianResource private ContainerController containers;

  private Cluster cluster;

  @AfterEach
  void stopNodes() {
    cluster.close();
  }

  @Test
  void sessions_ofAUser_areListedLimitedAndEndedOnEveryNode() throws Exception {
    WebArchive example = ExampleWar.asBuilt();
    start(example, "typed-session.sessions-per-principal", Integer.toString(LIMIT));
    List<WebApp> nodes = webApps(example);

    List<Answer> logins = new ArrayList<>();
    for (WebApp node : nodes) {
      logins.add(logIn(node, "Ada"));
    }
    List<String> handles = logins.stream().map(Answer::handle).toList();
    for (int i = 0; i < Cluster.SIZE; i++) {
      Answer list = nodes.get(i).get("api/sessions", logins.get(i).cookie());
      assertThat(handles(list)).isEqualTo(handles);
      // Sealed by one node, opened by another.
      Answer elsewhere = nodes.get((i + 1) % Cluster.SIZE).visit(logins.get(i).cookie());
      assertThat(elsewhere.isNamed("Ada")).isTrue();
    }

    Answer end =
        nodes.get(2).post("api/sessions/end?handle=" + handles.get(0), logins.get(2).cookie());
    assertThat(end.status()).as(end.body()).isEqualTo(200);
    nodes.forEach(node -> assertLoggedOut(node, logins.get(0)));

    Answer endOthers = nodes.get(1).post("api/sessions/end-others", logins.get(1).cookie());
    assertThat(handles(endOthers)).containsExactly(handles.get(1));
    for (WebApp node : nodes) {
      assertLoggedOut(node, logins.get(2));
      assertThat(node.visit(logins.get(1).cookie()).isNamed("Ada")).isTrue();
    }

    for (int round = 1; round <= ROUNDS; round++) {
      assertLimit(nodes, "Alan" + round);
      assertNothingOutlivesEndAll(nodes, "Grace" + round);
    }
  }

  // Ten logins at once, on all nodes.
  private static void assertLimit(List<WebApp> nodes, String name) {
    List<Callable<Answer>> calls =
        IntStream.range(0, 10)
            .<Callable<Answer>>mapToObj(
                i -> () -> nodes.get(i % Cluster.SIZE).post(loginPath(name), WebApp.NO_COOKIE))
            .toList();

    List<Answer> logins = WebApp.atOnce(calls);

    assertThat(logins).allMatch(login -> login.status() == 200);
    for (WebApp node : nodes) {
      List<String> live =
          logins.stream()
              .filter(login -> node.visit(login.cookie()).showsSession())
              .map(Answer::handle)
              .toList();
      assertThat(live).as("live sessions of " + name).hasSize(LIMIT);
      Answer asks =
          logins.stream().filter(login -> live.contains(login.handle())).findAny().orElseThrow();
      assertThat(handles(node.get("api/sessions", asks.cookie())))
          .containsExactlyInAnyOrderElementsOf(live);
    }
  }

  // The others are changed on other nodes while they are ended.
  private static void assertNothingOutlivesEndAll(List<WebApp> nodes, String name) {
    Answer own = logIn(nodes.get(0), name);
    Answer second = logIn(nodes.get(1), name);
    Answer third = logIn(nodes.get(2), name);

    List<Answer> answers =
        WebApp.atOnce(
            List.of(
                () -> nodes.get(0).post("api/sessions/end-others", own.cookie()),
                () -> nodes.get(1).post("api/count", third.cookie()),
                () -> nodes.get(2).post("api/count", second.cookie()),
                () -> nodes.get(1).post("api/rotate", second.cookie())));

    assertThat(answers.get(0).status()).isEqualTo(200);
    Stream<Answer> rotated =
        answers.stream().filter(answer -> answer.isSuccess() && !answer.setCookies().isEmpty());
    List<Answer> ended =
        Stream.concat(Stream.of(second, third), rotated)
            .filter(answer -> answer.isSuccess() && answer.showsSession())
            .filter(answer -> answer.isNamed(name))
            .toList();
    for (WebApp node : nodes) {
      ended.forEach(answer -> assertLoggedOut(node, answer));
      assertThat(handles(node.get("api/sessions", own.cookie()))).containsExactly(own.handle());
    }
  }

  @Test
  void callers_areLoggedInAndOutOnEveryNode_andOneNodeTellsOfIt() throws Exception {
    WebArchive application =
        AppsWar.of("security", Handshake.class, VisitEndpoint.class, VisitServlet.class)
            .addClass(Visit.class)
            .addPackage(Account.class.getPackage())
            .addAsResource(
                new StringAsset(
                    """
                    typed-session.cookie.secure=false
                    typed-session.Visit.renew-below=PT20S
                    """),
                "META-INF/typed-session.properties");
    start(application, "typed-session.Visit.time-to-live", "PT30S");
    List<WebApp> nodes = webApps(application);
    String unused = nodes.get(0).post("visit?do=login", WebApp.NO_COOKIE).cookie();

    Answer login = nodes.get(0).post("login?name=grace&password=grace", WebApp.NO_COOKIE);
    for (WebApp node : nodes) {
      Answer page = node.get("keepers", login.cookie());
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.json().getString("vault")).isEqualTo("gold of grace");
    }
    assertThat(nodes.get(1).post("logout", login.cookie()).body()).isEqualTo("out");
    nodes.forEach(node -> assertThat(node.get("members", login.cookie()).status()).isEqualTo(302));

    Answer second = nodes.get(1).post("login?name=grace&password=grace", WebApp.NO_COOKIE);
    nodes.get(2).post("end-all?name=grace", WebApp.NO_COOKIE);
    nodes.forEach(node -> assertThat(node.get("members", second.cookie()).status()).isEqualTo(302));

    String first = nodes.get(0).post("visit?do=more", WebApp.NO_COOKIE).cookie();
    try (LiveConnection connection = LiveConnection.open(nodes.get(0), "live", first)) {
      assertThat(connection.next()).isEqualTo("guest 1");
      nodes.get(1).post("visit?do=logout", first);
      assertThat(connection.next()).isEqualTo("1008 session ended");
    }

    assertTold(nodes, login, "SessionEnded grace LOGOUT");
    assertTold(nodes, second, "SessionEnded grace REVOKED");
    await("the end of a session that nobody uses")
        .atMost(UNUSED_UNTIL_TOLD)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> events(nodes).anyMatch(line -> line.endsWith(" SessionEnded - IDLE")));
    nodes.forEach(
        node -> assertThat(node.get("visit", unused).body()).as("unused").isEqualTo("guest 0"));
    assertThat(events(nodes).filter(line -> line.endsWith(" IDLE"))).hasSize(1);
  }

  private static void assertTold(List<WebApp> nodes, Answer login, String event) {
    String line = login.json().getString("handle") + " " + event;
    await(line).until(() -> events(nodes).anyMatch(line::equals));
    assertThat(events(nodes).filter(line::equals)).as("how many nodes tell it").hasSize(1);
  }

  private static Stream<String> events(List<WebApp> nodes) {
    return nodes.stream().flatMap(node -> node.get("events", WebApp.NO_COOKIE).body().lines());
  }

  private void start(WebArchive application, String setting, String value) {
    cluster = new Cluster(containers).with("typed-session.sealed", "true").with(setting, value);
    cluster.start();
    cluster.nodes().forEach(node -> node.deploy(application));
    cluster.nodes().forEach(node -> node.awaitMembers(Cluster.SIZE));
  }

  private List<WebApp> webApps(WebArchive application) {
    List<WebApp> webApps = new ArrayList<>();
    for (var node : cluster.nodes()) {
      webApps.add(new WebApp(node.application(application)));
    }
    return webApps;
  }

  private static String loginPath(String name) {
    return "api/login?name=" + name;
  }

  private static Answer logIn(WebApp app, String name) {
    Answer login = app.post(loginPath(name), WebApp.NO_COOKIE);
    assertThat(login.status()).as(login.body()).isEqualTo(200);
    return login;
  }

  private static void assertLoggedOut(WebApp node, Answer login) {
    assertThat(node.visit(login.cookie()).showsSession()).isFalse();
  }

  private static List<String> handles(Answer list) {
    return list.json().getJsonArray("sessions").getValuesAs(JsonObject.class).stream()
        .map(session -> session.getString("handle"))
        .toList();
  }
}
