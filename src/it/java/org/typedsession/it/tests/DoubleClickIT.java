package org.typedsession.it.tests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.Timing;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.probe.CounterServlet;
import org.typedsession.it.apps.probe.Customer;
import org.typedsession.it.apps.probe.Tally;
import org.typedsession.it.client.Chromium;
import org.typedsession.testing.FigureFile;

/**
 * A button of a slow form, pressed twice, in a real browser: it drops the answer to the first, with
 * the cookie in it. {@code -Ddoubleclick.rounds} says how often; two in the build.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class DoubleClickIT {
  private static final int ROUNDS = Integer.getInteger("doubleclick.rounds", 2);
  private static final int AT_ONCE = 10;
  private static final int REFUSED = 409;
  private static final FigureFile FIGURES =
      new FigureFile(
          Path.of("target", "double-click.csv"), "session data,pause,rounds,refused,worst wait");

  @RegisterExtension static final Chromium CHROMIUM = new Chromium();

  @ArquillianResource private URL base;

  @Deployment(testable = false)
  static WebArchive application() {
    return AppsWar.of("doubleclick", Customer.class, Tally.class, CounterServlet.class);
  }

  /** A browser of its own, and what the server has answered it. */
  private final class Visitor implements AutoCloseable {
    private final BrowserContext context = CHROMIUM.browser().newContext();
    private final Page page = context.newPage();
    private final List<Response> refusals = new CopyOnWriteArrayList<>();
    private long pressed;

    Visitor() {
      // Waiting for an assertion in the browser, which polls.
      page.setDefaultTimeout(Chromium.PATIENCE_MILLIS);
      page.onResponse(
          response -> {
            if (response.status() >= 400) {
              refusals.add(response);
            }
          });
      page.navigate(base + "counter");
    }

    void press(String button) {
      page.locator("#" + button).click();
    }

    /** Presses as a hand does: nothing waits for what the first press begins. */
    void pressTwice(String button, int gap) {
      BoundingBox box = page.locator("#" + button).boundingBox();
      double x = box.x + box.width / 2;
      double y = box.y + box.height / 2;
      page.mouse().click(x, y);
      page.waitForTimeout(gap);
      page.mouse().click(x, y);
      pressed = System.nanoTime();
    }

    LocatorAssertions expect(String id) {
      return assertThat(page.locator("#" + id));
    }

    Duration sincePressed() {
      return Duration.ofNanos(System.nanoTime() - pressed);
    }

    /** From the refusal to the page that followed it, by the browser's clock. */
    Duration outage() {
      if (refusals.isEmpty()) {
        return Duration.ZERO;
      }
      Timing refusal = refusals.get(0).request().timing();
      double page = ((Number) this.page.evaluate("performance.timeOrigin")).doubleValue();
      return Duration.ofMillis(Math.round(page - refusal.startTime - refusal.responseEnd));
    }

    @Override
    public void close() {
      context.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 150, 250, 390})
  void login_pressedTwice_isOneLoginAndTheBasketStays(int gap) {
    Duration worst = Duration.ZERO;
    for (int round = 0; round < ROUNDS; round++) {
      try (Visitor visitor = new Visitor()) {
        visitor.press("item");
        visitor.expect("items").hasText("1");

        visitor.pressTwice("login", gap);

        visitor.expect("name").hasText("Ann");
        worst = longer(worst, visitor.sincePressed());
        visitor.expect("items").hasText("1");
        visitor.press("item");
        visitor.expect("items").hasText("2");
        assertThat(visitor.refusals).as("round %s", round).isEmpty();
      }
    }
    report("declared, from the second press", gap, 0, worst);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 150, 250, 390})
  void buttonOfATypeThatDeclaresNothing_pressedTwice_goesOnByItself(int gap) {
    Duration worst = Duration.ZERO;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round += AT_ONCE) {
      List<Visitor> visitors = new ArrayList<>();
      for (int i = 0; i < Math.min(AT_ONCE, ROUNDS - round); i++) {
        Visitor visitor = new Visitor();
        visitors.add(visitor);
        visitor.press("count");
        visitor.expect("tally").hasText("1");
        visitor.pressTwice("count", gap);
      }
      for (Visitor visitor : visitors) {
        // Its own page, or the one that says what happened, which goes there by itself.
        visitor.expect("tally").isVisible();
        worst = longer(worst, visitor.outage());
        refused += visitor.refusals.size();
        assertThat(visitor.refusals).hasSizeLessThanOrEqualTo(1);
        assertThat(visitor.refusals).allMatch(response -> response.status() == REFUSED);

        int before = Integer.parseInt(visitor.page.locator("#tally").textContent());
        visitor.press("count");
        visitor.expect("tally").hasText("" + (before + 1));
        visitor.close();
      }
    }
    report("undeclared, from the refusal", gap, refused, worst);
  }

  @Test
  void refusal_inABrowser_saysWhatHappenedAndLeadsBackToThePage() {
    try (Visitor visitor = new Visitor()) {
      visitor.press("count");
      visitor.expect("tally").hasText("1");

      visitor.pressTwice("count", CounterServlet.SLOWNESS / 2);

      assertThat(visitor.page.locator("h1")).hasText("Please try again");
      assertThat(visitor.page.locator("main a"))
          .hasAttribute("href", "/doubleclick/counter?from=0");
      assertThat(visitor.refusals)
          .singleElement()
          .satisfies(
              response -> {
                assertThat(response.headerValue("Retry-After")).isEqualTo("3");
                assertThat(response.headerValue("Cache-Control")).contains("no-store");
                assertThat(response.headerValue("Set-Cookie")).isNull();
              });
      visitor.expect("tally").hasText("0");
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static void report(String type, int gap, int refused, Duration worst) {
    String figures =
        String.format(
            Locale.ROOT,
            "%s,%d ms,%d rounds,%d refused,%d ms until served at most",
            type,
            gap,
            ROUNDS,
            refused,
            worst.toMillis());
    FIGURES.append(figures);
    System.out.println(figures);
  }
}
