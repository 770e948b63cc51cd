package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Server;
import org.typedsession.it.tests.HostileCookies.Header;
import org.typedsession.it.tests.HostileCookies.Kind;
import org.typedsession.testing.http.Answer;
import org.typedsession.testing.http.RawConnection;

/**
 * Whatever a client puts into its Cookie header, it gets an ordinary answer and nobody's session.
 *
 * <p>The server refuses some bytes before any filter or servlet runs. That an answer is the
 * server's own is shown by asking an application that knows nothing of this library the same
 * question.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class HostileCookiesIT {
  private static final int READS = 10_000;
  private static final int WRITES = 2_000;
  private static final long SEED = 20250101;

  @ArquillianResource
  @OperateOnDeployment("example")
  private URL base;

  @ArquillianResource
  @OperateOnDeployment("control")
  private URL control;

  private final Path log = Server.current().log();
  private long logStart;

  @Deployment(name = "example", testable = false)
  static WebArchive example() {
    return ExampleWar.asBuilt();
  }

  @Deployment(name = "control", testable = false)
  static WebArchive control() {
    return ExampleWar.control();
  }

  @BeforeEach
  void markLog() throws IOException {
    logStart = Files.size(log);
  }

  @Test
  void read_anyCookieHeader_isAnsweredWithoutASession() throws IOException {
    WebApp app = new WebApp(base);
    HostileCookies cookies = new HostileCookies(sessionCookieName(app), SEED);
    Outcome outcome = new Outcome("reads");
    try (RawConnection ours = new RawConnection(app.base());
        RawConnection theirs = new RawConnection(new WebApp(control).base())) {
      for (int i = 0; i < READS; i++) {
        Header header = cookies.next();
        Answer answer = ours.send("GET", "api/visit", header.fields());
        outcome.add(header, answer, theirs);
        if (answer.status() == 200) {
          assertThat(answer.showsSession()).as("%s", header).isFalse();
          assertThat(answer.setCookies()).as("%s", header).isEmpty();
        }
      }
    }
    outcome.close();
    assertThat(stackTracesOfOurs()).isEmpty();
  }

  @Test
  void write_anyCookieHeader_beginsASessionWithAnIdOfTheServers() throws IOException {
    WebApp app = new WebApp(base);
    HostileCookies cookies = new HostileCookies(sessionCookieName(app), SEED + 1);
    Outcome outcome = new Outcome("writes");
    Set<String> handles = new HashSet<>();
    try (RawConnection ours = new RawConnection(app.base());
        RawConnection theirs = new RawConnection(new WebApp(control).base())) {
      for (int i = 0; i < WRITES; i++) {
        Header header = cookies.next();
        Answer answer = ours.send("POST", "api/count", header.fields());
        outcome.add(header, answer, theirs);
        if (answer.status() == 200) {
          assertThat(answer.count()).as("%s", header).isEqualTo(1);
          assertThat(handles.add(answer.handle())).as("%s", header).isTrue();
          String value = answer.cookie().split("=", 2)[1];
          assertThat(header.fields())
              .allSatisfy(
                  field ->
                      assertThat(new String(field, StandardCharsets.ISO_8859_1))
                          .doesNotContain(value));
          // What was sent opens nothing afterwards either.
          Answer again = ours.send("GET", "api/visit", header.fields());
          assertThat(again.status() != 200 || !again.showsSession()).as("%s", header).isTrue();
        }
      }
    }
    outcome.close();
    assertThat(handles).hasSizeGreaterThan(WRITES / 2);
    assertThat(stackTracesOfOurs()).isEmpty();
  }

  @Test
  void read_liveCookieAmongJunk_findsTheSessionOrNone() throws IOException {
    WebApp app = new WebApp(base);
    String cookie = app.newSession();
    String handle = app.visit(cookie).handle();
    HostileCookies cookies = new HostileCookies(sessionCookieName(app), SEED + 2);
    Outcome outcome = new Outcome("reads with a live cookie");
    int found = 0;
    try (RawConnection ours = new RawConnection(app.base());
        RawConnection theirs = new RawConnection(new WebApp(control).base())) {
      for (int i = 0; i < WRITES; i++) {
        Header junk = cookies.next();
        List<byte[]> fields = new ArrayList<>(junk.fields());
        fields.add(i % 2, cookie.getBytes(StandardCharsets.US_ASCII));
        Header header = new Header(junk.kind(), fields);
        Answer answer = ours.send("GET", "api/visit", fields);
        outcome.add(header, answer, theirs);
        if (answer.status() == 200 && answer.showsSession()) {
          assertThat(answer.handle()).as("%s", header).isEqualTo(handle);
          found++;
        }
      }
    }
    outcome.close();
    // Most junk must not hide a good cookie beside it.
    assertThat(found).isGreaterThan(WRITES / 2);
    assertThat(stackTracesOfOurs()).isEmpty();
  }

  private static String sessionCookieName(WebApp app) {
    return app.newSession().split("=", 2)[0];
  }

  /**
   * The lines of stack traces in the server's log, since the test began, that are this library's.
   */
  private List<String> stackTracesOfOurs() throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    String text =
        new String(bytes, (int) logStart, (int) (bytes.length - logStart), StandardCharsets.UTF_8);
    return text.lines()
        .filter(line -> line.stripLeading().startsWith("at ") || line.contains("Exception"))
        .filter(line -> line.contains("org.typedsession"))
        .distinct()
        .toList();
  }

  /** Counts answers by status, and fails on one above 400 that is not the server's own. */
  private static final class Outcome {
    private final String name;
    private final Map<Integer, Integer> statuses = new TreeMap<>();
    private final Map<Kind, Integer> serversOwn = new EnumMap<>(Kind.class);

    Outcome(String name) {
      this.name = name;
    }

    void add(Header header, Answer answer, RawConnection control) throws IOException {
      statuses.merge(answer.status(), 1, Integer::sum);
      if (answer.status() == 200) {
        return;
      }
      int withoutUs = control.send("GET", "", header.fields()).status();
      assertThat(answer.status()).as("without this library, %s", header).isEqualTo(withoutUs);
      serversOwn.merge(header.kind(), 1, Integer::sum);
    }

    void close() {
      System.out.printf(
          "Hostile cookies, %s: statuses=%s, of these the server's own=%s%n",
          name, statuses, serversOwn);
      assertThat(statuses).containsKey(200);
    }
  }
}
