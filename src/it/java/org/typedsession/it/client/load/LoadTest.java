package org.typedsession.it.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.typedsession.it.client.load.FakeWebApp.Flaw;
import org.typedsession.it.client.load.FakeWebApp.Mood;
import org.typedsession.it.client.load.Timeline.Impact;
import org.typedsession.it.client.load.Timeline.Sample;
import org.typedsession.testkit.history.Violation.Kind;

/** Load on an application that works, that refuses, and that is wrong in one way. */
final class LoadTest {
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final int REQUESTS = 1_500;
  // Some may not be noticed: the session may end before anybody looks.
  private static final int FLAWS = 8;

  private static LoadPlan plan(FakeWebApp app) {
    return LoadPlan.of(app.nodes())
        .withPause(Duration.ofMillis(1))
        // On a busy machine an answer may take its time, and is one all the same.
        .withRequestTimeout(DEADLINE);
  }

  private static void awaitMore(Load load, int answers) {
    int before = load.answers();
    await().atMost(DEADLINE).until(() -> load.answers() >= before + answers);
  }

  private static LoadResult resultWith(Flaw flaw) {
    try (FakeWebApp app = new FakeWebApp(2, flaw);
        Load load = Load.start(plan(app))) {
      await().atMost(DEADLINE).until(() -> app.shown() >= FLAWS);
      load.stop();
      app.mend();
      LoadResult result = load.finish(app.nodes(), DEADLINE);
      assertThatExceptionOfType(AssertionError.class).isThrownBy(result::requireFlawless);
      return result;
    }
  }

  @Test
  void load_onAnApplicationThatWorks_isFlawless() {
    try (FakeWebApp app = new FakeWebApp(3, null);
        Load load = Load.start(plan(app))) {
      awaitMore(load, REQUESTS);
      LoadResult result = load.finish(app.nodes(), DEADLINE);
      assertThatCode(result::requireFlawless).doesNotThrowAnyException();
      assertThat(result.timeline().samples())
          .extracting(Sample::outcome)
          .containsOnly(Outcome.SERVED, Outcome.CONFLICT);
      assertThat(result.verdict().operations()).isGreaterThan(REQUESTS);
      assertThat(result.verdict().unread()).isEmpty();
      assertThat(result.logouts()).isPositive();
      assertThat(result.ids()).isGreaterThan(result.verdict().sessions());
      assertThat(result.timeline().samples())
          .extracting(Sample::node)
          .contains("node-1", "node-2", "node-3");
      assertThat(result.timeline().samples().stream().map(Sample::user).distinct()).hasSize(20);
    }
  }

  @Test
  void load_whileANodeRefuses_isFlawlessAndTellsHowLong() {
    try (FakeWebApp app = new FakeWebApp(2, null);
        Load load = Load.start(plan(app))) {
      awaitMore(load, 300);
      load.fault("node-1 refuses");
      app.mood(0, Mood.REFUSES);
      await().atMost(DEADLINE).until(() -> load.answers(Outcome.UNAVAILABLE) > 30);
      app.mood(0, Mood.DOES_AND_REFUSES);
      await().atMost(DEADLINE).until(() -> load.answers(Outcome.UNAVAILABLE) > 60);
      load.fault("node-1 is well");
      app.mood(0, Mood.WELL);
      awaitMore(load, 600);
      LoadResult result = load.finish(app.nodes(), DEADLINE);
      assertThatCode(result::requireFlawless).doesNotThrowAnyException();
      assertThat(result.verdict().unanswered()).isPositive();
      List<Impact> impacts = result.timeline().impacts();
      assertThat(impacts).hasSize(2);
      assertThat(impacts.get(0).affected()).isGreaterThan(5);
      assertThat(impacts.get(0).median()).isPositive();
      assertThat(impacts.get(0).worst()).isGreaterThanOrEqualTo(impacts.get(0).median());
      assertThat(impacts.get(0).unrecovered()).isZero();
      assertThat(impacts.get(1).unrecovered()).isZero();
    }
  }

  @Test
  void load_whileANodeHangsAndEnds_isFlawless() {
    try (FakeWebApp app = new FakeWebApp(2, null);
        Load load = Load.start(plan(app).withRequestTimeout(Duration.ofSeconds(2)))) {
      awaitMore(load, 300);
      app.mood(1, Mood.DOES_AND_HANGS);
      await().atMost(DEADLINE).until(() -> load.answers(Outcome.NO_ANSWER) > 20);
      app.stop(1);
      int before = load.answers(Outcome.NO_ANSWER);
      await().atMost(DEADLINE).until(() -> load.answers(Outcome.NO_ANSWER) > before + 20);
      LoadResult result = load.finish(app.nodes().subList(0, 1), DEADLINE);
      assertThatCode(result::requireFlawless).doesNotThrowAnyException();
      assertThat(result.verdict().unanswered()).isPositive();
    }
  }

  @Test
  void load_stickyWhileANodeEnds_movesItsUsersOnce() {
    try (FakeWebApp app = new FakeWebApp(2, null);
        Load load = Load.start(plan(app).withRouting(Routing.STICKY))) {
      awaitMore(load, 300);
      Map<String, Set<String>> nodesOfUsers = nodesOfUsers(load);
      assertThat(nodesOfUsers.values()).allMatch(nodes -> nodes.size() == 1);
      assertThat(nodesOfUsers.values().stream().flatMap(Set::stream)).contains("node-1", "node-2");
      app.stop(1);
      await().atMost(DEADLINE).until(() -> load.answers(Outcome.NO_ANSWER) > 0);
      awaitMore(load, 600);
      LoadResult result = load.finish(app.nodes().subList(0, 1), DEADLINE);
      assertThatCode(result::requireFlawless).doesNotThrowAnyException();
      // Two tabs may have been refused at once.
      assertThat(result.timeline().count(Outcome.NO_ANSWER)).isBetween(1, 20);
    }
  }

  private static Map<String, Set<String>> nodesOfUsers(Load load) {
    return load.timeline().samples().stream()
        .collect(
            Collectors.groupingBy(
                Sample::user,
                Collectors.mapping(Sample::node, Collectors.toCollection(TreeSet::new))));
  }

  @Test
  void load_lastReadsThatANodeDoesNotAnswer_areUnread() {
    try (FakeWebApp app = new FakeWebApp(2, null);
        Load load = Load.start(plan(app))) {
      awaitMore(load, 200);
      load.stop();
      app.mood(1, Mood.REFUSES);
      LoadResult result = load.finish(app.nodes(), Duration.ofMillis(300));
      assertThat(result.unread()).isEqualTo(result.ids());
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(result::requireFlawless)
          .withMessageContaining("last reads not answered: " + result.ids());
    }
  }

  @Test
  void load_sessionsThatMayHaveExpired_areNotLookedAt() {
    try (FakeWebApp app = new FakeWebApp(1, null);
        Load load = Load.start(plan(app).withSessionLife(Duration.ZERO))) {
      awaitMore(load, 200);
      LoadResult result = load.finish(app.nodes(), DEADLINE);
      assertThat(result.expired()).hasSize(result.verdict().sessions());
      assertThatCode(result::requireFlawless).doesNotThrowAnyException();
    }
  }

  @Test
  void flaw_forgottenSessions_areNoticedAtOnceAndAtTheEnd() {
    LoadResult result = resultWith(Flaw.FORGETS);
    assertThat(result.verdict().count(Kind.LOST_SESSION)).isPositive();
    assertThat(result.timeline().count(Outcome.LOST)).isPositive();
  }

  @Test
  void flaw_lostClicks_areLostWrites() {
    LoadResult result = resultWith(Flaw.LOSES_CLICKS);
    assertThat(result.verdict().count(Kind.LOST_WRITE)).isPositive();
    assertThat(result.verdict().forks()).isZero();
    assertThat(result.timeline().count(Outcome.LOST)).isZero();
  }

  @Test
  void flaw_clicksCountedTwice_areDuplicates() {
    assertThat(resultWith(Flaw.COUNTS_TWICE).verdict().count(Kind.DUPLICATE_WRITE)).isPositive();
  }

  @Test
  void flaw_oldIdsLeftAlive_areForks() {
    assertThat(resultWith(Flaw.FORKS).verdict().forks()).isPositive();
  }

  @Test
  void flaw_logoutsIgnored_areResurrections() {
    assertThat(resultWith(Flaw.IGNORES_LOGOUTS).verdict().count(Kind.RESURRECTED)).isPositive();
  }

  @Test
  void flaw_sessionsShownAfterTheirLogout_areNoticedBeforeTheEnd() {
    LoadResult result = resultWith(Flaw.ENDS_LATE);
    assertThat(result.logouts()).isPositive();
    assertThat(
            result.verdict().count(Kind.DEAD_ID_ACCEPTED)
                + result.verdict().count(Kind.RESURRECTED))
        .isPositive();
  }

  @Test
  void flaw_oldStatesShown_areStaleReadsAndNothingElse() {
    LoadResult result = resultWith(Flaw.SHOWS_OLD_STATE);
    assertThat(result.verdict().count(Kind.STALE_READ)).isPositive();
    assertThat(result.verdict().forks() + result.verdict().lost()).isZero();
  }

  @Test
  void flaw_failures_areKeptWithTheirBodies() {
    LoadResult result = resultWith(Flaw.FAILS);
    assertThat(result.errors())
        .isNotEmpty()
        .allMatch(error -> error.contains("500 " + FakeWebApp.FAILURE));
    assertThat(result.timeline().count(Outcome.ERROR)).isEqualTo(result.errors().size());
    assertThat(result.verdict().isClean()).isTrue();
  }

  @Test
  void flaw_anothersSession_isAnAnomaly() {
    assertThat(resultWith(Flaw.MIXES_UP).anomalies())
        .isNotEmpty()
        .allMatch(anomaly -> anomaly.contains("another's session"));
  }

  @Test
  void flaw_refusalsWithCookies_areAnomalies() {
    assertThat(resultWith(Flaw.SETS_COOKIES_WITH_REFUSALS).anomalies())
        .isNotEmpty()
        .allMatch(anomaly -> anomaly.contains("a refusal sets a cookie"));
  }

  @Test
  void report_ofALoad_isWrittenWhole(@TempDir Path directory) throws IOException {
    try (FakeWebApp app = new FakeWebApp(2, Flaw.FORKS);
        Load load = Load.start(plan(app))) {
      await().atMost(DEADLINE).until(() -> app.shown() >= FLAWS);
      load.fault("a \"fault\", planted");
      app.mood(0, Mood.REFUSES);
      awaitMore(load, 300);
      app.mood(0, Mood.WELL);
      LoadResult result = load.finish(app.nodes(), DEADLINE);
      LoadReport.write(directory, "run", result);

      int answers = 0;
      for (String line : lines(directory, "run-timeline.csv")) {
        if (line.contains(",node-")) {
          answers += Integer.parseInt(line.substring(line.lastIndexOf(',') + 1));
        }
      }
      assertThat(answers).isEqualTo(result.timeline().size());
      assertThat(lines(directory, "run-faults.csv"))
          .hasSize(2)
          .element(1)
          .asString()
          .contains(",\"a \"\"fault\"\", planted\",20,");
      List<String> summary = lines(directory, "run-summary.csv");
      assertThat(summary).hasSize(2);
      assertThat(summary.get(0).split(",")).hasSameSizeAs(summary.get(1).split(","));
      assertThat(lines(directory, "run.txt")).anyMatch(line -> line.startsWith("FORK in session"));
      assertThat(lines(directory, "run.html"))
          .anyMatch(line -> line.contains("src=\"run.png\""))
          .anyMatch(line -> line.contains("a &quot;fault&quot;, planted"));
      assertThat(Files.size(directory.resolve("run.png"))).isGreaterThan(10_000);
      // Cookie values are secrets, also those of a test.
      for (String file : List.of("run.txt", "run.html")) {
        assertThat(Files.readString(directory.resolve(file))).doesNotContain("AAA000");
      }
    }
  }

  @Test
  void plan_withoutSense_isRefused() {
    LoadPlan plan = LoadPlan.of(List.of(new Node("n", URI.create("http://127.0.0.1/app/"))));
    assertThatIllegalArgumentException().isThrownBy(() -> LoadPlan.of(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> plan.withBrowsers(0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> plan.withBrowsers(2, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.withRequestTimeout(Duration.ZERO))
        .withMessageContaining("PT0S");
    assertThatIllegalArgumentException().isThrownBy(() -> plan.withPause(Duration.ofMillis(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Node("n", URI.create("http://127.0.0.1/app")));
  }

  private static List<String> lines(Path directory, String file) throws IOException {
    return Files.readAllLines(directory.resolve(file));
  }
}
