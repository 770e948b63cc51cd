package org.typedsession.it.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The browser of a class of browser tests: the installed one, none is downloaded. */
public final class Chromium implements BeforeAllCallback, AfterAllCallback {
  public static final int PATIENCE_MILLIS = 30_000;

  private @Nullable Playwright playwright;
  private @Nullable Browser browser;

  @Override
  public void beforeAll(ExtensionContext context) {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser = launch(playwright);
    // Five seconds by default, which a page may take on a busy machine.
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
  }

  /** Ends the driver, and with it what was launched. */
  @Override
  public void afterAll(ExtensionContext context) {
    if (playwright != null) {
      playwright.close();
    }
  }

  public Browser browser() {
    return Objects.requireNonNull(browser, "not launched");
  }

  /** A page of the example, which complains of every error, and is ready. */
  public static Page open(BrowserContext context, URL base, Collection<String> complaints) {
    Page page = context.newPage();
    page.onPageError(error -> complaints.add("error: " + error));
    page.onConsoleMessage(
        message -> {
          // A refused request is part of the game; a refused file or a broken policy is not.
          boolean refused = message.text().contains("status of 4");
          if (message.type().equals("error") && !refused) {
            complaints.add(message.text());
          }
        });
    page.navigate(base.toString());
    PlaywrightAssertions.assertThat(page.locator("html")).hasAttribute("data-ready", "true");
    return page;
  }

  private static Browser launch(Playwright playwright) {
    Path executable = Path.of(System.getProperty("browser.executable"));
    assertThat(Files.isExecutable(executable))
        .as(
            "the browser tests need Chromium at %s: install the package chromium (and"
                + " fonts-dejavu-core), or name another one with -Dbrowser.executable=...",
            executable)
        .isTrue();
    // Playwright gives each launch a profile directory of its own, and removes it.
    return playwright
        .chromium()
        .launch(
            new BrowserType.LaunchOptions()
                .setExecutablePath(executable)
                .setHeadless(true)
                .setArgs(
                    List.of(
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync")));
  }
}
