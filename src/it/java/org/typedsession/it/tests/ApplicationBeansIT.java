package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URL;
import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.probe.EventProbe;
import org.typedsession.it.apps.probe.EventProbeServlet;
import org.typedsession.it.apps.probe.Tally;
import org.typedsession.it.apps.probe.TallyServlet;
import org.typedsession.it.client.WebApp;
import org.typedsession.testing.http.Answer;

/**
 * The beans and observers of an application are found from the library's jar, also where the server
 * keeps the archives of the two apart.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class ApplicationBeansIT {
  @ArquillianResource private URL base;

  @Deployment(testable = false)
  static WebArchive application() {
    return ShrinkWrap.create(WebArchive.class, "beans.war")
        .addClasses(Tally.class, TallyServlet.class, EventProbe.class, EventProbeServlet.class)
        .addAsLibrary(AppsWar.library())
        .addAsLibraries(AppsWar.whatItNeeds())
        .addAsResource(
            new StringAsset(
                "typed-session.cookie.secure=false\ntyped-session.overtaken=PT0S\ntyped-session.replay-after=PT0S\n"),
            "META-INF/typed-session.properties")
        .addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml");
  }

  @Test
  void producer_ofTheData_makesWhatASessionBeginsWith() {
    Answer answer = new WebApp(base).post("probe/tally", WebApp.NO_COOKIE);

    assertThat(answer.json().getInt("count")).isEqualTo(41);
  }

  @Test
  void observers_ofAReplay_areTold() {
    WebApp app = new WebApp(base);
    String old = app.post("probe/tally", WebApp.NO_COOKIE).cookie();
    String current = app.post("probe/tally", old).cookie();
    assertThat(current).isNotEqualTo(old);

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(app.get("probe/tally", old).json().getBoolean("live")).isFalse();
              assertThat(app.get("probe/events", WebApp.NO_COOKIE).body()).matches("[1-9] [1-9]");
            });
  }
}
