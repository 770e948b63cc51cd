package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.WebApp;
import org.typedsession.testing.http.Answer;

/** The races of the contract, T1, T1b to T7, T9 and T10, over HTTP against one node. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class RacesIT {
  private static final int ROUNDS = 20;
  // How many may be tried for them, where a round depends on who is scheduled first.
  private static final int MOST = 10 * ROUNDS;
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  // Long enough for another request to begin and end meanwhile.
  private static final int SLOW = 400;

  @ArquillianResource
  @OperateOnDeployment("example")
  private URL base;

  @ArquillianResource
  @OperateOnDeployment("hurry")
  private URL hurried;

  private final Random random = new Random(20250101);

  @Deployment(name = "example", testable = false)
  static WebArchive example() {
    return ExampleWar.asBuilt();
  }

  @Deployment(name = "hurry", testable = false)
  static WebArchive hurry() {
    return ExampleWar.inAHurry();
  }

  @Test
  void t1_twoPrivilegeChangesAtOnce_exactlyOneSucceeds() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T1 two logins at once");
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      String handle = app.visit(cookie).handle();

      List<Answer> answers = atOnce(login(app, cookie, "Ada"), login(app, cookie, "Grace"));

      figures.round(answers);
      figures.live(liveIds(app, handle, cookie, answers));
      assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
      boolean adaWon = answers.get(0).isSuccess();
      Answer winner = answers.get(adaWon ? 0 : 1);
      Answer loser = answers.get(adaWon ? 1 : 0);
      assertThat(loser.setCookies()).isEmpty();
      Answer successor = app.visit(winner.cookie());
      assertThat(successor.handle()).isEqualTo(handle);
      assertThat(successor.isNamed(adaWon ? "Ada" : "Grace")).isTrue();
      assertThat(app.visit(cookie).showsSession()).isFalse();
    }
    figures.close();
  }

  @Test
  void t1b_sameLoginSixTimesAtOnce_isOneLogin() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T1b six times the same login");
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      String handle = app.visit(cookie).handle();

      List<Answer> answers = WebApp.atOnce(Collections.nCopies(6, login(app, cookie, "Ada")));
      // Its answer is lost, and the client tries again.
      Answer again = app.post("api/login?name=Ada", cookie);
      Answer other = app.post("api/login?name=Grace", cookie);

      figures.round(answers);
      figures.more(List.of(again, other));
      figures.live(liveIds(app, handle, cookie, answers));
      assertThat(answers).extracting(Answer::status).containsOnly(200);
      assertThat(answers).extracting(Answer::cookie).containsOnly(again.cookie());
      assertThat(again.status()).isEqualTo(200);
      assertThat(other.status()).isEqualTo(409);
      assertThat(other.setCookies()).isEmpty();
      Answer successor = app.visit(again.cookie());
      assertThat(successor.handle()).isEqualTo(handle);
      assertThat(successor.isNamed("Ada")).isTrue();
      assertThat(successor.count()).isOne();
      assertThat(app.visit(cookie).showsSession()).isFalse();
    }
    figures.close();
  }

  @Test
  void t2_olderRequestEndsAfterLogin_isRefused() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T2 login, then an older write");
    int staged = 0;
    for (int round = 0; staged < ROUNDS; round++) {
      assertThat(round).as("rounds for %d in which the login came first", ROUNDS).isLessThan(MOST);
      String cookie = app.newSession();
      String handle = app.visit(cookie).handle();

      Future<Answer> older = beginSlowly(app, "api/count", cookie);
      Answer login = app.post("api/login?name=Ada", cookie);
      Answer late = WebApp.join(older);

      figures.round(List.of(login, late));
      figures.live(liveIds(app, handle, cookie, List.of(login, late)));
      assertThat(login.status()).isEqualTo(200);
      assertThat(late.setCookies()).isEmpty();
      Answer successor = app.visit(login.cookie());
      assertThat(successor.isNamed("Ada")).isTrue();
      if (late.isSuccess()) {
        // On a busy machine the older one may be through before the login begins, and is kept.
        figures.stored(successor.count(), 2);
      } else {
        staged++;
        assertThat(late.status()).isEqualTo(409);
        figures.stored(successor.count(), 1);
      }
      Answer dead = app.visit(cookie);
      assertThat(dead.showsSession()).isFalse();
      // Neither a removal nor another session's cookie: the browser may hold the winner's by now.
      assertThat(dead.setCookies()).isEmpty();
    }
    figures.close();
  }

  @Test
  void t3_lateWriteAfterLogout_isRefused() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T3 logout, then a late write");
    String[] writes = {"api/count", "api/set-count?value=7", "api/login?name=Ada"};
    int staged = 0;
    for (int round = 0; staged < ROUNDS; round++) {
      assertThat(round).as("rounds for %d in which the logout came first", ROUNDS).isLessThan(MOST);
      String cookie = app.newSession();
      String handle = app.visit(cookie).handle();

      Future<Answer> write = beginSlowly(app, writes[round % writes.length], cookie);
      Answer logout = app.post("api/logout", cookie);
      Answer late = WebApp.join(write);

      figures.round(List.of(logout, late));
      assertThat(logout.status()).isEqualTo(200);
      // On a busy machine the write may be through before the logout begins; it ends all the same.
      if (!late.isSuccess()) {
        staged++;
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.setCookies()).isEmpty();
      }
      long live = liveIds(app, handle, cookie, List.of(late));
      figures.live(live);
      assertThat(live).isZero();
    }
    figures.close();
  }

  @Test
  void t4_logoutWithTheIdBeforeLogin_endsTheSession() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T4 login, then logout with the old id");
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      String handle = app.visit(cookie).handle();

      Answer login = app.post("api/login?name=Ada", cookie);
      Answer logout = app.post("api/logout", cookie);

      figures.round(List.of(login, logout));
      assertThat(login.status()).isEqualTo(200);
      assertThat(logout.status()).isEqualTo(200);
      long live = liveIds(app, handle, cookie, List.of(login, logout));
      figures.live(live);
      assertThat(live).isZero();
    }
    figures.close();
  }

  @Test
  void t4_logoutAndLoginAtOnce_logoutWins() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T4 login and logout at once");
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      String handle = app.visit(cookie).handle();
      String delay = "?delay=" + (10 + random.nextInt(10));

      List<Answer> answers =
          atOnce(login(app, cookie, "Ada"), () -> app.post("api/logout" + delay, cookie));

      figures.round(answers);
      assertThat(answers.get(1).status()).isEqualTo(200);
      long live = liveIds(app, handle, cookie, answers);
      figures.live(live);
      assertThat(live).isZero();
    }
    figures.close();
  }

  @Test
  void t5_clicksAtOnce_areAllCounted() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T5 eight clicks at once");
    int reruns = app.operations("rerun");
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      String path = "api/count?delay=" + round % 3;

      List<Answer> answers = WebApp.atOnce(Collections.nCopies(8, () -> app.post(path, cookie)));

      figures.round(answers);
      assertThat(answers).extracting(Answer::status).containsOnly(200);
      assertThat(answers).allSatisfy(answer -> assertThat(answer.setCookies()).isEmpty());
      figures.stored(app.visit(cookie).count(), 1 + answers.size());
    }
    figures.close();
    assertThat(app.operations("rerun")).as("clicks that were run again").isGreaterThan(reruns);
  }

  @Test
  void t6_differentFieldsAtOnce_areBothKept() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T6 clicks and items at once");
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      List<Callable<Answer>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String item = "item" + i;
        calls.add(() -> app.post("api/count?delay=1", cookie));
        calls.add(() -> app.post("api/items/" + item + "?delay=1", cookie));
      }
      Collections.shuffle(calls, random);

      List<Answer> answers = WebApp.atOnce(calls);

      figures.round(answers);
      assertThat(answers).extracting(Answer::status).containsOnly(200);
      Answer end = app.visit(cookie);
      figures.stored(end.count(), 1 + 4);
      figures.stored(end.total(), 4);
      assertThat(end.items().keySet()).containsExactly("item0", "item1", "item2", "item3");
    }
    figures.close();
  }

  @Test
  void t7_moreItemsThanTheBasketHolds_fillItExactly() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T7 twelve items into a basket of ten");
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      List<Callable<Answer>> calls = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String item = "item" + i % 5;
        calls.add(() -> app.post("api/items/" + item + "?delay=2", cookie));
      }

      List<Answer> answers = WebApp.atOnce(calls);

      figures.round(answers);
      int taken = (int) answers.stream().filter(Answer::isSuccess).count();
      assertThat(answers).extracting(Answer::status).containsOnly(200, 422);
      assertThat(taken).isEqualTo(10);
      assertThat(answers)
          .filteredOn(Answer::isSuccess)
          .allSatisfy(answer -> assertThat(answer.total()).isBetween(1, 10));
      figures.stored(app.visit(cookie).total(), taken);
    }
    figures.close();
  }

  @Test
  void t9_answerOfRoutineChangeIsLost_retryIsServed() {
    WebApp app = new WebApp(base);
    RaceFigures figures = new RaceFigures("T9 lost answer of a click");
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      int writes = app.operations("writeInPlace");

      app.postAndHangUp("api/count?delay=120", cookie);
      awaitOperation(app, "writeInPlace", writes + 1);
      Answer retry = app.post("api/count", cookie);

      figures.round(List.of(retry));
      assertThat(retry.status()).isEqualTo(200);
      assertThat(retry.setCookies()).isEmpty();
      figures.stored(app.visit(cookie).count(), 3);
    }
    figures.close();
  }

  @Test
  void t9_answerOfLoginIsLost_clientStartsAgainAfterTheRecentTime() {
    WebApp app = new WebApp(hurried);
    RaceFigures figures = new RaceFigures("T9 lost answer of a login");
    List<String> stranded = new ArrayList<>();
    List<String> handles = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      String cookie = app.newSession();
      stranded.add(cookie);
      handles.add(app.visit(cookie).handle());
      int remaps = app.operations("remap");

      app.postAndHangUp("api/login?name=Ada&delay=120", cookie);
      awaitOperation(app, "remap", remaps + 1);
      Answer look = app.visit(cookie);
      Answer write = app.post("api/count", cookie);

      figures.round(List.of(look, write));
      assertThat(look.showsSession()).isFalse();
      assertThat(look.setCookies()).isEmpty();
      assertThat(write.status()).isEqualTo(409);
      assertThat(write.setCookies()).isEmpty();
    }
    for (int i = 0; i < stranded.size(); i++) {
      String cookie = stranded.get(i);
      Answer again =
          await()
              .atMost(DEADLINE)
              .until(() -> app.post("api/count", cookie), answer -> answer.status() != 409);

      figures.more(List.of(again));
      assertThat(again.status()).isEqualTo(200);
      assertThat(again.count()).isEqualTo(1);
      assertThat(again.handle()).isNotEqualTo(handles.get(i));
      assertThat(app.visit(again.cookie()).handle()).isEqualTo(again.handle());
    }
    figures.close();
  }

  @Test
  void t10_readsInsideTheRenewalWindow_writeAtMostOneRenewal() {
    WebApp app = new WebApp(hurried);
    RaceFigures figures = new RaceFigures("T10 eight reads inside the renewal window");
    List<String> cookies = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      cookies.add(app.newSession());
    }
    // When reading the youngest renews it, the others have long been inside their window.
    String youngest = app.newSession();
    int before = app.operations("writeInPlace");
    await()
        .atMost(DEADLINE)
        .until(
            () -> {
              app.visit(youngest);
              return app.operations("writeInPlace") > before;
            });

    int renewals = 0;
    for (String cookie : cookies) {
      int writes = app.operations("writeInPlace");

      List<Answer> answers =
          WebApp.atOnce(Collections.nCopies(8, () -> app.get("api/visit", cookie)));

      figures.round(answers);
      assertThat(answers).extracting(Answer::status).containsOnly(200);
      assertThat(answers).allSatisfy(answer -> assertThat(answer.count()).isEqualTo(1));
      assertThat(answers).allSatisfy(answer -> assertThat(answer.setCookies()).isEmpty());
      int renewed = app.operations("writeInPlace") - writes;
      assertThat(renewed).isLessThanOrEqualTo(1);
      renewals += renewed;
      figures.stored(app.visit(cookie).count(), 1);
    }
    figures.close();
    assertThat(renewals).isEqualTo(cookies.size());
  }

  /** Sends a request whose handler has read the session, and waits, when this returns. */
  private static Future<Answer> beginSlowly(WebApp app, String path, String cookie) {
    int reads = app.operations("read");
    String delay = (path.contains("?") ? "&delay=" : "?delay=") + SLOW;
    Future<Answer> answer = app.postAsync(path + delay, cookie);
    awaitOperation(app, "read", reads + 1);
    return answer;
  }

  private static void awaitOperation(WebApp app, String name, int count) {
    await()
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> app.operations(name) >= count);
  }

  private Callable<Answer> login(WebApp app, String cookie, String name) {
    int delay = 10 + random.nextInt(10);
    return () -> app.post("api/login?name=" + name + "&delay=" + delay, cookie);
  }

  /** Lets both begin at once, and each of them first in half of the rounds. */
  private List<Answer> atOnce(Callable<Answer> one, Callable<Answer> other) {
    if (random.nextBoolean()) {
      return WebApp.atOnce(List.of(one, other));
    }
    List<Answer> answers = WebApp.atOnce(List.of(other, one));
    return List.of(answers.get(1), answers.get(0));
  }

  /** How many of all the cookies there were open the session named {@code handle}. */
  private static long liveIds(WebApp app, String handle, String cookie, List<Answer> answers) {
    Set<String> cookies = new LinkedHashSet<>(List.of(cookie));
    answers.stream()
        .flatMap(answer -> answer.setCookies().stream())
        .map(header -> header.split(";", 2)[0])
        .forEach(cookies::add);
    return cookies.stream()
        .map(app::visit)
        .filter(Answer::showsSession)
        .filter(answer -> answer.handle().equals(handle))
        .count();
  }
}
