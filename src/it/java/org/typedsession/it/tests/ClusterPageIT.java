package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.typedsession.it.apps.ExampleWar;
import org.typedsession.it.client.Chromium;
import org.typedsession.it.servers.Cluster;
import org.typedsession.it.servers.ClusterNode;

/**
 * The example's page in a real browser, on three nodes of which one dies, and another one hangs.
 */
@Tag("cluster")
@Tag("chaos")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class ClusterPageIT {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  @RegisterExtension static final Chromium CHROMIUM = new Chromium();

  @ArquillianResource private ContainerController containers;

  private final WebArchive example = ExampleWar.asBuilt();
  private final List<String> complaints = new ArrayList<>();
  private Cluster cluster;
  private Page page;

  @BeforeAll
  static void bePatient() {
    // What a cluster does after a node is gone takes seconds.
    PlaywrightAssertions.setDefaultAssertionTimeout(40_000);
  }

  @AfterEach
  void stopNodes() {
    cluster.close();
    assertThat(complaints).as("errors in the page").isEmpty();
  }

  @Test
  void page_itsNodeKilledOrHalted_goesOnAtAnotherWithTheSession() {
    startNodes();
    open(1280, 900, ColorScheme.LIGHT);
    expect("#nodes a").hasCount(Cluster.SIZE);
    expect("#nodes a[data-state=up]").hasCount(Cluster.SIZE);
    expect("#nodes a[aria-current]").containsText("node1");
    expect("#members").hasText("3 in the cluster");
    press("Click");
    press("Log in");
    expect("#name").hasText("Ada");
    String id = page.locator("#id").textContent();
    screenshot("cluster");

    cluster.node(1).kill();

    expect("#gone").containsText("node1 does not answer any more");
    expect("#gone a").hasText("Go on at node2 now");
    screenshot("cluster-node-gone");
    expect("#nodes a[aria-current]").containsText("node2");
    expect("#node").hasText("node2");
    expect("#answer").containsText("node1 stopped answering");
    expect("#nodes a[data-state=down]").containsText("node1");
    expect("#members").hasText("2 in the cluster");
    expect("#name").hasText("Ada");
    expect("#count").hasText("1");
    expect("#id").hasText(id);
    assertThat(page.url()).isEqualTo(address(2).toString());
    press("Click");
    expect("#count").hasText("2");
    screenshot("cluster-moved");

    page.locator("#nodes a", new Page.LocatorOptions().setHasText("node3")).click();
    expect("#node").hasText("node3");
    expect("#count").hasText("2");
    expect("#gone").not().isVisible();

    page.setViewportSize(390, 844);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    screenshot("cluster-mobile-dark");

    cluster.start(1);
    expect("#nodes a[data-state=up]").hasCount(Cluster.SIZE);
    expect("#members").hasText("3 in the cluster");

    cluster.node(3).suspend();

    expect("#gone").containsText("node3 does not answer any more");
    expect("#nodes a[aria-current]").containsText("node1");
    expect("#members").hasText("2 in the cluster");
    expect("#name").hasText("Ada");
    expect("#count").hasText("2");
  }

  @Test
  void sessions_ofOneUserOnTwoNodes_areListedAndOneEndsTheOther() {
    startNodes();
    open(1280, 900, ColorScheme.LIGHT);
    page.fill("#visitor", "Grace");
    press("Log in");
    expect("#devices li").hasCount(1);
    Page first = page;
    openAt(2, 1280, 900, ColorScheme.LIGHT);
    page.fill("#visitor", "Grace");
    press("Log in");
    expect("#node").hasText("node2");
    expect("#devices li").hasCount(2);
    screenshot("cluster-sessions");

    press("End all others");

    expect("#devices li").hasCount(1);
    expect("#name").hasText("Grace");
    page = first;
    expect("#node").hasText("node1");
    press("Click");
    expect("#kind").hasText("Guest");
    expect("#ended").isVisible();
    expect("#devices li").hasCount(0);
  }

  private void startNodes() {
    cluster = new Cluster(containers);
    cluster.with(
        "example.nodes",
        cluster.nodes().stream()
            .map(node -> node.name() + ":" + node.base().getPort())
            .collect(Collectors.joining(",")));
    cluster.start();
    cluster.nodes().forEach(node -> node.deploy(example));
    cluster.nodes().forEach(node -> node.awaitMembers(Cluster.SIZE));
  }

  private URI address(int number) {
    ClusterNode node = cluster.node(number);
    return URI.create(node.application(example).toString().replace("127.0.0.1", "localhost"));
  }

  private void open(int width, int height, ColorScheme scheme) {
    openAt(1, width, height, scheme);
  }

  /** Another browser: it shares no cookies with those before. */
  private void openAt(int node, int width, int height, ColorScheme scheme) {
    page =
        CHROMIUM
            .browser()
            .newPage(
                new Browser.NewPageOptions().setViewportSize(width, height).setColorScheme(scheme));
    page.setDefaultTimeout(30_000);
    page.onPageError(error -> complaints.add("error: " + error));
    page.onConsoleMessage(
        message -> {
          // That a dead node does not answer is the point; that the page may not ask it is not.
          if (message.text().contains("Policy") || message.text().contains("policy")) {
            complaints.add(message.text());
          }
        });
    page.navigate(address(node).toString());
    expect("html").hasAttribute("data-ready", "true");
  }

  private void press(String button) {
    Locator target =
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(button).setExact(true));
    target.click();
    expect("#answer").not().hasAttribute("data-tone", "busy");
  }

  private LocatorAssertions expect(String selector) {
    return PlaywrightAssertions.assertThat(page.locator(selector));
  }

  private void screenshot(String name) {
    page.evaluate("scrollTo(0, 0)");
    page.screenshot(
        new Page.ScreenshotOptions().setFullPage(true).setPath(SCREENSHOTS.resolve(name + ".png")));
  }
}
