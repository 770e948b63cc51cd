package org.typedsession.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The browser of the browser tests: the installed one, none is downloaded. */
final class Chromium {
  private Chromium() {}

  /** The driver of the browser; closing it ends what was launched with it. */
  static Playwright playwright() {
    return Playwright.create(
        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
  }

  static Browser launch(Playwright playwright) {
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
