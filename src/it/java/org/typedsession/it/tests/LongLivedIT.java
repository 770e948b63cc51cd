package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.Handshake;
import org.typedsession.it.apps.StreamServlet;
import org.typedsession.it.apps.Visit;
import org.typedsession.it.apps.VisitEndpoint;
import org.typedsession.it.apps.VisitServlet;
import org.typedsession.it.client.LiveConnection;
import org.typedsession.it.client.WebApp;
import org.typedsession.testing.http.Answer;

/** What outlives the request that it came with: WebSocket connections and streams. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class LongLivedIT {
  private static final int VIOLATED_POLICY = 1008;

  @ArquillianResource private URL base;

  @Deployment(testable = false)
  static WebArchive application() {
    return AppsWar.of(
        "long-lived",
        Handshake.class,
        VisitEndpoint.class,
        StreamServlet.class,
        VisitServlet.class,
        Visit.class);
  }

  @Test
  void webSocket_withALiveSession_readsItAndWhatOthersStore() throws Exception {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    try (LiveConnection connection = connect(cookie)) {
      assertThat(connection.next()).isEqualTo("guest 1");
      app.post("visit?do=more", cookie);
      assertThat(connection.ask("data")).isEqualTo("guest 1");
      assertThat(connection.ask("stored")).isEqualTo("guest 2");
    }
  }

  @Test
  void webSocket_thatWrites_isToldThatItCannot() throws Exception {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    try (LiveConnection connection = connect(cookie)) {
      connection.next();
      assertThat(connection.ask("write")).contains("can no longer change");
    }
    assertThat(app.get("visit", cookie).body()).isEqualTo("guest 1");
  }

  @Test
  void webSocket_whoseSessionIsLoggedOutInAnotherTab_isClosed() throws Exception {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    try (LiveConnection connection = connect(cookie)) {
      connection.next();
      app.post("visit?do=logout", cookie);
      assertThat(connection.next()).isEqualTo(VIOLATED_POLICY + " session ended");
    }
  }

  @Test
  void webSocket_whoseSessionGetsANewId_isClosed() throws Exception {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    try (LiveConnection stolen = connect(cookie)) {
      stolen.next();
      String member = app.post("visit?do=login", cookie).cookie();
      assertThat(stolen.next()).isEqualTo(VIOLATED_POLICY + " session ended");
      try (LiveConnection own = connect(member)) {
        assertThat(own.next()).isEqualTo("ann 1");
      }
    }
  }

  @Test
  void webSocket_withADeadId_hasNoSession() throws Exception {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();
    app.post("visit?do=logout", cookie);

    try (LiveConnection connection = connect(cookie)) {
      assertThat(connection.next()).isEqualTo("none");
      assertThat(connection.ask("stored")).isEqualTo("none");
    }
  }

  @Test
  void webSocket_withoutACookie_hasNoSession() throws Exception {
    try (LiveConnection connection = connect(WebApp.NO_COOKIE)) {
      assertThat(connection.next()).isEqualTo("none");
    }
  }

  @Test
  void webSockets_openedAtOnce_areEachOfTheirOwnSession() {
    WebApp app = new WebApp(base);
    List<Callable<Answer>> visitors = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    List<BlockingQueue<String>> received = new ArrayList<>();
    for (int visits = 1; visits <= 12; visits++) {
      Answer first = app.post("visit?do=more", WebApp.NO_COOKIE);
      for (int more = 1; more < visits; more++) {
        app.post("visit?do=more", first.cookie());
      }
      expected.add("guest " + visits);
      BlockingQueue<String> own = new LinkedBlockingQueue<>();
      received.add(own);
      visitors.add(
          () -> {
            try (LiveConnection connection = connect(first.cookie())) {
              own.add(connection.next());
            }
            return first;
          });
    }

    WebApp.atOnce(visitors);

    assertThat(received.stream().map(BlockingQueue::poll)).containsExactlyElementsOf(expected);
  }

  @Test
  void stream_afterItsFirstByte_cannotChangeTheSessionAndEndsWithIt() throws Exception {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    Iterator<String> lines = app.lines("stream", cookie).filter(line -> !line.isEmpty()).iterator();

    assertThat(lines.next()).isEqualTo("data: open");
    assertThat(lines.next()).contains("can no longer change");
    assertThat(app.get("visit", cookie).body()).isEqualTo("guest 2");
    app.post("visit?do=logout", cookie);
    assertThat(lines.next()).isEqualTo("data: ended");
    assertThat(lines.hasNext()).isFalse();
  }

  private LiveConnection connect(String cookie) throws Exception {
    return LiveConnection.open(new WebApp(base), "live", cookie);
  }
}
