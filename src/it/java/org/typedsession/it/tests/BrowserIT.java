package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.Chromium;
import org.typedsession.it.client.WebApp;
import org.typedsession.testing.http.Answer;

/** The example's page in a real browser, and race T8 of the contract with a real cookie jar. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class BrowserIT {
  private static final int ROUNDS = 500;
  private static final int PARALLEL = 6;
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  // What six fetch() calls of one page give: their status codes.
  private static final String SIX_POSTS =
      "path => Promise.all(Array.from({length: 6}, () =>"
          + " fetch(path, {method: 'POST'}).then(response => response.status)))";
  private static final String GET = "path => fetch(path).then(response => response.json())";

  @RegisterExtension static final Chromium CHROMIUM = new Chromium();

  @ArquillianResource private URL base;

  private final List<String> complaints = new ArrayList<>();
  private BrowserContext context;
  private Page page;

  @Deployment(testable = false)
  static WebArchive example() {
    return ExampleWar.withTally();
  }

  @BeforeEach
  void openPage() {
    open(new Browser.NewContextOptions().setViewportSize(1280, 900));
  }

  @AfterEach
  void closePage() {
    context.close();
    assertThat(complaints).as("errors in the page").isEmpty();
  }

  @Test
  void page_newVisitor_showsNoSession() {
    expect("#kind").hasText("none yet");
    expect("#id").hasText("–");
    expect("#node").not().hasText("…");
    expect("#journal").not().isVisible();
    expect("#nodes").not().isVisible();
    assertThat(context.cookies()).isEmpty();
    screenshot("desktop-empty");
  }

  @Test
  void page_everyButton_doesWhatItSays() {
    press("Look");
    expect("#answer").containsText("200");
    expect("#kind").hasText("none yet");
    assertThat(context.cookies()).isEmpty();

    press("Click");
    expect("#kind").hasText("Guest");
    expect("#count").hasText("1");
    expectJournal(1, "click");
    String guestId = text("#id");
    String handle = text("#handle");
    expectCookieOfThePage();

    press("Click");
    press("Click");
    expect("#count").hasText("3");
    expect("#id").hasText(guestId);
    expect("[data-operation=writeInPlace]").hasAttribute("data-delta", "+1");
    expect("[data-operation=read]").hasAttribute("data-delta", "+1");

    page.fill("#item", "dragon fruit");
    press("Add item");
    expect("#items li").hasText("1 × dragon fruit");
    expect("#slots .taken").hasCount(1);

    page.fill("#value", "42");
    press("Set clicks");
    expect("#count").hasText("42");
    expect("#id").hasText(guestId);

    page.fill("#visitor", "Grace");
    press("Log in");
    expect("#kind").hasText("Member");
    expect("#name").hasText("Grace");
    expect("#handle").hasText(handle);
    expect("#id").not().hasText(guestId);
    expect("#count").hasText("42");
    expectJournal(2, "log in as Grace");
    expect("#journal-rows tr:first-child .dead").hasText(guestId.replace(" ", ""));
    expectCookieOfThePage();

    // Time enough for a busy browser to send all six before the first handler acts.
    page.fill("#delay", "500");
    page.selectOption("#contest", "count");
    press("Race six");
    expect("#lanes li[data-tone=good]").hasCount(PARALLEL);
    expect("#count").hasText("48");
    expect("#answer").containsText("6 saved, 0 refused");

    // Setting the count that is there already changes nothing and conflicts with nobody.
    page.fill("#value", "100");
    page.selectOption("#contest", "set-count");
    press("Race six");
    expect("#lanes li[data-tone=good]").hasCount(1);
    expect("#lanes li[data-tone=lost]").hasCount(PARALLEL - 1);
    expect("#count").hasText(Pattern.compile("10[1-6]"));

    page.selectOption("#contest", "login");
    press("Race six");
    expect("#lanes li[data-tone=good]").hasCount(1);
    expect("#lanes li[data-tone=lost]").hasCount(PARALLEL - 1);
    expect("#answer").containsText("1 saved, 5 refused");
    expect("#name").hasText(Pattern.compile("Grace [1-6]"));
    expectJournal(3, "six at once: log in as Grace");
    expectCookieOfThePage();
    screenshot("desktop");

    press("Log out");
    expect("#kind").hasText("none yet");
    expectJournal(4, "log out");
    assertThat(context.cookies()).isEmpty();
  }

  @Test
  void page_basketIsFull_saysSo() {
    page.selectOption("#contest", "items");
    press("Click");
    press("Race six");
    press("Race six");
    expect("#lanes li[data-tone=good]").hasCount(4);
    expect("#lanes li[data-tone=lost]").hasCount(2);
    expect("#basket-total").hasText("10 of 10");

    press("Add item");

    expect("#answer").containsText("422");
    expect("#answer").containsText("full");
    expect("#slots .taken").hasCount(10);
  }

  @Test
  void page_hostileItemName_isShownAsText() {
    String name = "<img src=x onerror=alert(1)>";
    page.onDialog(dialog -> complaints.add("dialog: " + dialog.message()));
    page.fill("#item", name);

    press("Add item");

    expect("#items li").hasText("1 × " + name);
    expect("#answer").containsText(name);
    assertThat(page.locator("main img").count()).isZero();
  }

  @Test
  void page_invalidInput_isExplained() {
    page.evaluate("document.getElementById('delay').value = '9999'");
    page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)");

    press("Click");

    expect("#answer").containsText("delay must be a whole number from 0 to 5000");
    expect("#answer").hasAttribute("data-tone", "bad");
  }

  @Test
  void page_keyboardOnly_reachesEverything() {
    page.keyboard().press("Tab");
    assertThat(page.evaluate("document.activeElement.className")).isEqualTo("skip");
    page.keyboard().press("Enter");
    List<String> reached = new ArrayList<>();
    while (reached.size() < 40 && !reached.contains("Race six")) {
      page.keyboard().press("Tab");
      reached.add(
          (String)
              page.evaluate(
                  "document.activeElement.id || document.activeElement.textContent.trim()"));
    }
    assertThat(reached)
        .containsSubsequence(
            "delay",
            "Click",
            "Add item",
            "item",
            "Set clicks",
            "value",
            "Log in",
            "visitor",
            "Log out",
            "Look",
            "Race six");

    page.focus("#item");
    page.keyboard().press("Enter");

    expect("#items li").hasText("1 × apple");
    assertThat(page.evaluate("document.activeElement.id")).isEqualTo("item");
  }

  @Test
  void page_narrowAndDark_fitsAndIsLegible() {
    openWithASession(390, 844, ColorScheme.LIGHT);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
    screenshot("mobile");

    openWithASession(390, 844, ColorScheme.DARK);
    screenshot("mobile-dark");

    openWithASession(1280, 900, ColorScheme.DARK);
    String background = "getComputedStyle(document.body).backgroundColor";
    assertThat(page.evaluate(background)).isEqualTo("rgb(18, 21, 26)");
    screenshot("desktop-dark");

    openWithASession(820, 1180, ColorScheme.LIGHT);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(820);
    screenshot("tablet");
  }

  @Test
  void t8_sixRoutineWritesAtOnce_areAllKeptAndTheCookieLives() {
    RaceFigures figures = new RaceFigures("T8 six clicks of one browser");
    assertThat(page.evaluate(SIX_POSTS.replace("length: 6", "length: 1"), "api/count"))
        .isEqualTo(List.of(200));
    String cookie = cookieOfThePage();
    int acknowledged = 1;
    for (int round = 0; round < ROUNDS; round++) {
      List<Integer> statuses = sixPosts("api/count");

      figures.roundOfStatuses(statuses);
      assertThat(statuses).containsOnly(200);
      acknowledged += successes(statuses);
      Map<?, ?> session = (Map<?, ?>) get("api/visit").get("session");
      assertThat(session).as("round %d", round).isNotNull();
      assertThat(session.get("count")).as("round %d", round).isEqualTo(acknowledged);
      assertThat(cookieOfThePage()).isEqualTo(cookie);
    }
    figures.stored((int) ((Map<?, ?>) get("api/visit").get("session")).get("count"), acknowledged);
    figures.close();
  }

  @Test
  void t8_sixPrivilegeChangesAtOnce_leaveALiveCookieAndCountTheWinners() {
    RaceFigures figures = new RaceFigures("T8 six privilege changes of one browser");
    assertThat(page.evaluate(SIX_POSTS.replace("length: 6", "length: 1"), "probe/tally"))
        .isEqualTo(List.of(200));
    int acknowledged = 1;
    String before = cookieOfThePage();
    for (int round = 0; round < ROUNDS; round++) {
      List<Integer> statuses = sixPosts("probe/tally");

      figures.roundOfStatuses(statuses);
      assertThat(statuses).contains(200);
      acknowledged += successes(statuses);
      Map<?, ?> tally = get("probe/tally");
      assertThat(tally.get("live")).as("round %d", round).isEqualTo(true);
      assertThat(tally.get("count")).as("round %d", round).isEqualTo(acknowledged);
      String now = cookieOfThePage();
      assertThat(now).isNotEqualTo(before);
      figures.live(liveTallies(List.of(before, now)));
      before = now;
    }
    figures.stored((int) get("probe/tally").get("count"), acknowledged);
    figures.close();
  }

  @Test
  void t8_sixLoginsAtOnce_leaveALiveCookieOfTheWinner() {
    RaceFigures figures = new RaceFigures("T8 six logins of one browser");
    page.evaluate(SIX_POSTS.replace("length: 6", "length: 1"), "api/count");
    String handle = null;
    for (int round = 0; round < ROUNDS / 5; round++) {
      List<Integer> statuses = new ArrayList<>();
      List<?> answers =
          (List<?>)
              page.evaluate(
                  "round => Promise.all(Array.from({length: 6}, (_, i) =>"
                      + " fetch(`api/login?name=r${round}-${i}&delay=5`, {method: 'POST'})"
                      + ".then(response => response.status)))",
                  round);
      answers.forEach(status -> statuses.add((Integer) status));

      figures.roundOfStatuses(statuses);
      assertThat(statuses).contains(200);
      Map<?, ?> session = (Map<?, ?>) get("api/visit").get("session");
      assertThat(session).as("round %d", round).isNotNull();
      assertThat((String) session.get("name")).startsWith("r" + round + "-");
      handle = handle == null ? (String) session.get("handle") : handle;
      assertThat(session.get("handle")).isEqualTo(handle);
      int winner = Integer.parseInt(((String) session.get("name")).split("-")[1]);
      assertThat(statuses.get(winner)).isEqualTo(200);
    }
    figures.stored((int) ((Map<?, ?>) get("api/visit").get("session")).get("count"), 1);
    figures.close();
  }

  private void open(Browser.NewContextOptions options) {
    context = CHROMIUM.browser().newContext(options);
    page = Chromium.open(context, base, complaints);
  }

  private void openWithASession(int width, int height, ColorScheme scheme) {
    context.close();
    open(new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(scheme));
    press("Click");
    press("Add item");
    page.fill("#item", "pear");
    press("Add item");
    press("Log in");
    page.fill("#delay", "500");
    page.selectOption("#contest", "login");
    press("Race six");
    expect("#lanes li[data-tone=lost]").hasCount(PARALLEL - 1);
  }

  /** Presses a button and waits for the end of what it began. */
  private void press(String button) {
    Locator target =
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button).setExact(true));
    target.click();
    PlaywrightAssertions.assertThat(target).hasAttribute("aria-disabled", "false");
  }

  private LocatorAssertions expect(String selector) {
    return PlaywrightAssertions.assertThat(page.locator(selector));
  }

  private void expectJournal(int rows, String latestCause) {
    expect("#journal-rows tr").hasCount(rows);
    expect("#journal-rows tr:first-child td:nth-child(2)").hasText(latestCause);
  }

  private String text(String selector) {
    return page.locator(selector).textContent();
  }

  /** Asserts that the cookie in the jar opens, from outside of the browser, what the page shows. */
  private void expectCookieOfThePage() {
    Answer visit = new WebApp(base).visit(cookieOfThePage());
    assertThat(visit.showsSession()).isTrue();
    assertThat(visit.handle()).isEqualTo(text("#handle"));
    assertThat(visit.id()).isEqualTo(text("#id").replace(" ", ""));
    assertThat(page.evaluate("document.cookie")).isEqualTo("");
  }

  private String cookieOfThePage() {
    List<Cookie> cookies = context.cookies();
    assertThat(cookies).hasSize(1);
    return cookies.get(0).name + "=" + cookies.get(0).value;
  }

  private long liveTallies(List<String> cookies) {
    WebApp app = new WebApp(base);
    return cookies.stream()
        .filter(cookie -> app.get("probe/tally", cookie).json().getBoolean("live"))
        .count();
  }

  private List<Integer> sixPosts(String path) {
    List<Integer> statuses = new ArrayList<>();
    ((List<?>) page.evaluate(SIX_POSTS, path)).forEach(status -> statuses.add((Integer) status));
    return statuses;
  }

  private Map<?, ?> get(String path) {
    return (Map<?, ?>) page.evaluate(GET, path);
  }

  private static int successes(List<Integer> statuses) {
    return (int) statuses.stream().filter(status -> status == 200).count();
  }

  private void screenshot(String name) {
    page.evaluate("scrollTo(0, 0)");
    page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))");
    page.screenshot(
        new Page.ScreenshotOptions().setFullPage(true).setPath(SCREENSHOTS.resolve(name + ".png")));
  }
}
