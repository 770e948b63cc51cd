package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.Chromium;
import org.typedsession.testkit.Seed;

/** The sessions of one user in several browsers, and the administrator's page for them. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class SessionsPageIT {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final String FIREFOX =
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
  private static final String IPHONE =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
          + " Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
  private static final String LINUX =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
          + " Safari/537.36";

  // The server keeps the sessions of other tests of the example, under whatever names they chose.
  private static final String RUN = HexFormat.of().toHexDigits((short) Seed.random().nextInt());
  private static final String GRACE = "Grace " + RUN;
  private static final String ALAN = "Alan " + RUN;
  private static final String BARBARA = "Barbara " + RUN;
  private static final String DOROTHY = "Dorothy " + RUN;

  @RegisterExtension static final Chromium CHROMIUM = new Chromium();

  @ArquillianResource private URL base;

  private final List<BrowserContext> contexts = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();

  @Deployment(testable = false)
  static WebArchive example() {
    return ExampleWar.asBuilt();
  }

  @AfterEach
  void closeBrowsers() {
    contexts.forEach(BrowserContext::close);
    assertThat(complaints).as("errors in a page").isEmpty();
  }

  @Test
  void list_guest_saysHowToFillIt() {
    Page page = open(FIREFOX);

    expect(page, "#sessions-empty").isVisible();
    expect(page, "#sessions-actions").not().isVisible();
    expect(page, "#admin").not().isVisible();
    press(page, "Click");
    expect(page, "#sessions-empty").isVisible();
    expect(page, "#devices li").hasCount(0);
  }

  @Test
  void list_twoBrowsersOfOneUser_oneEndsTheOther() {
    Page firefox = open(FIREFOX);
    Page iPhone = open(IPHONE);
    logIn(firefox, GRACE);
    logIn(iPhone, GRACE);
    expect(firefox, "#devices li").hasCount(1);
    expect(firefox, "#devices li[data-own=true] button").hasText("Log out");
    expect(iPhone, "#devices li").hasCount(2);
    expect(iPhone, "#devices li[data-own=true] strong").hasText("Safari on iPhone");
    expect(iPhone, "#devices li[data-own=false] strong").hasText("Firefox on Windows");

    press(firefox, "Refresh");

    expect(firefox, "#devices li").hasCount(2);
    assertThat(firefox.locator("#devices li").first().getAttribute("data-own")).isEqualTo("true");

    firefox.locator("#devices li[data-own=false] button").click();

    expect(firefox, "#answer").containsText("end Safari on iPhone: done");
    expect(firefox, "#devices li").hasCount(1);
    expect(firefox, "#name").hasText(GRACE);

    // It learns of it at its next click.
    expect(iPhone, "#name").hasText(GRACE);
    press(iPhone, "Click");
    expect(iPhone, "#kind").hasText("Guest");
    expect(iPhone, "#name").hasText("unknown");
    expect(iPhone, "#ended").isVisible();
    expect(iPhone, "#devices li").hasCount(0);
    expect(iPhone, "#sessions-empty").isVisible();

    logIn(iPhone, GRACE);
    expect(iPhone, "#ended").not().isVisible();
    expect(iPhone, "#devices li").hasCount(2);
    iPhone.locator("#devices li[data-own=true] button").click();
    expect(iPhone, "#kind").hasText("none yet");
    expect(iPhone, "#ended").not().isVisible();
    assertThat(iPhone.context().cookies()).isEmpty();
  }

  @Test
  void list_threeBrowsers_endAllOthersLeavesOne() {
    Page firefox = open(FIREFOX);
    Page iPhone = open(IPHONE);
    Page linux = open(LINUX);
    for (Page page : List.of(firefox, iPhone, linux)) {
      logIn(page, ALAN);
    }
    expect(linux, "#devices li").hasCount(3);
    screenshot(linux, "sessions-desktop");
    linux.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    screenshot(linux, "sessions-desktop-dark");
    linux.setViewportSize(390, 844);
    assertThat(linux.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
    screenshot(linux, "sessions-mobile-dark");
    linux.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    linux.locator("#sessions").screenshot(panel("sessions-panel-mobile"));
    linux.setViewportSize(1280, 900);
    linux.locator("#sessions").screenshot(panel("sessions-panel"));

    press(linux, "End all others");

    expect(linux, "#answer").containsText("end all others: done");
    expect(linux, "#devices li").hasCount(1);
    expect(linux, "#devices li").hasAttribute("data-own", "true");
    expect(linux, "#name").hasText(ALAN);
    for (Page page : List.of(firefox, iPhone)) {
      press(page, "Look");
      expect(page, "#kind").hasText("none yet");
      expect(page, "#ended").isVisible();
    }
    screenshot(firefox, "sessions-ended");
  }

  @Test
  void list_endedMeanwhile_saysSo() {
    Page firefox = open(FIREFOX);
    Page iPhone = open(IPHONE);
    logIn(firefox, BARBARA);
    logIn(iPhone, BARBARA);
    press(firefox, "Refresh");
    press(iPhone, "Log out");

    firefox.locator("#devices li[data-own=false] button").click();

    expect(firefox, "#answer").containsText("it was over already");
    expect(firefox, "#devices li").hasCount(1);
  }

  @Test
  void administration_withoutTheRole_isRefused() {
    Page page = open(FIREFOX);
    assertThat(visit(page, "admin/").status()).isEqualTo(403);

    page.navigate(base.toString());
    logIn(page, "Eve");
    expect(page, "#admin").not().isVisible();
    assertThat(visit(page, "admin/").status()).isEqualTo(403);
  }

  @Test
  void administration_withTheRole_showsAndEndsTheSessionsOfAnybody() {
    Page ada = open(FIREFOX);
    Page adaToo = open(IPHONE);
    logIn(ada, DOROTHY);
    logIn(adaToo, DOROTHY);
    Page page = open(LINUX);
    logIn(page, "admin");

    page.locator("#admin a").click();

    expect(page, "html").hasAttribute("data-ready", "true");
    assertThat(page.url()).isEqualTo(base + "admin/");
    expect(page, "#result").not().isVisible();
    page.fill("#user", "Nobody");
    press(page, "Show");
    expect(page, "#none").isVisible();
    expect(page, "#end-all").not().isVisible();
    page.fill("#user", DOROTHY);
    page.keyboard().press("Enter");
    expect(page, "#owner").hasText(DOROTHY);
    expect(page, "#total").hasText("2 sessions");
    expect(page, "#devices li").hasCount(2);
    screenshot(page, "admin-desktop");
    page.setViewportSize(390, 844);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    screenshot(page, "admin-mobile-dark");
    page.setViewportSize(1280, 900);

    page.locator("#devices li", new Page.LocatorOptions().setHasText("iPhone"))
        .locator("button")
        .click();

    expect(page, "#answer").containsText("Safari on iPhone of " + DOROTHY + ": ended");
    expect(page, "#total").hasText("1 session");
    press(adaToo, "Click");
    expect(adaToo, "#ended").isVisible();
    press(ada, "Click");
    expect(ada, "#name").hasText(DOROTHY);

    press(page, "End all");

    expect(page, "#total").hasText("0 sessions");
    press(ada, "Click");
    expect(ada, "#ended").isVisible();

    page.fill("#user", "admin");
    press(page, "Show");
    press(page, "End all");
    press(page, "Show");
    expect(page, "#answer").containsText("You are no administrator any more");
    expect(page, "#result").not().isVisible();
    assertThat(visit(page, "admin/").status()).isEqualTo(403);
  }

  private Page open(String userAgent) {
    BrowserContext context =
        CHROMIUM
            .browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(1280, 900)
                    .setUserAgent(userAgent)
                    .setLocale("en-GB"));
    contexts.add(context);
    Page page = Chromium.open(context, base, complaints);
    return page;
  }

  private Response visit(Page page, String path) {
    return page.navigate(base + path);
  }

  private static void logIn(Page page, String name) {
    page.fill("#visitor", name);
    press(page, "Log in");
    expect(page, "#name").hasText(name);
  }

  /** Presses a button and waits for the end of what it began. */
  private static void press(Page page, String button) {
    Locator target =
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button).setExact(true));
    target.click();
    expect(page, "#answer").not().hasAttribute("data-tone", "busy");
  }

  private static LocatorAssertions expect(Page page, String selector) {
    return PlaywrightAssertions.assertThat(page.locator(selector));
  }

  private static Locator.ScreenshotOptions panel(String name) {
    return new Locator.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png"));
  }

  private static void screenshot(Page page, String name) {
    page.evaluate("scrollTo(0, 0)");
    page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))");
    page.screenshot(
        new Page.ScreenshotOptions().setFullPage(true).setPath(SCREENSHOTS.resolve(name + ".png")));
  }
}
