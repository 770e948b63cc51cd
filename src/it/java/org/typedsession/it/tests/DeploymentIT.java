package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import org.jboss.arquillian.container.test.api.Deployer;
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
import org.typedsession.it.apps.readme.AddServlet;
import org.typedsession.it.apps.readme.Cart;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Server;
import org.typedsession.testing.http.Answer;

/** The application of the README: deployed, deployed again, and deployed without CDI. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class DeploymentIT {
  @ArquillianResource private Deployer deployer;

  private static WebArchive application(String name) {
    return ShrinkWrap.create(WebArchive.class, name + ".war")
        .addClasses(Cart.class, AddServlet.class)
        .addAsLibrary(AppsWar.library())
        .addAsLibraries(AppsWar.whatItNeeds())
        .addAsResource(
            new StringAsset("typed-session.cookie.secure=false"),
            "META-INF/typed-session.properties");
  }

  @Deployment(name = "shop", managed = false, testable = false)
  static WebArchive shop() {
    return application("shop").addAsWebInfResource(Server.current().beansXml(), "beans.xml");
  }

  @Deployment(name = "without-cdi", managed = false, testable = false)
  static WebArchive withoutCdi() {
    return application("without-cdi");
  }

  @Test
  void deploy_withoutBeansXml_failsWithTheWayOut() {
    assertThatThrownBy(() -> deployer.deploy("without-cdi"))
        .hasStackTraceContaining("TSESS0074")
        .hasStackTraceContaining("beans.xml");
  }

  @Deployment(name = "plain", managed = false, testable = false)
  static WebArchive plain() {
    return application("plain").addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml");
  }

  @Test
  void servletThatIsNoBean_whereTheServerLooksIntoIt_isInjected() throws Exception {
    deployer.deploy("plain");
    try {
      int status = add("plain", "tea", "").status();

      boolean injected = Server.current().looksIntoServlets();
      assertThat(status == 200).isEqualTo(injected);
      assertThat(Files.readString(Server.current().log()).contains("TSESS0083"))
          .isNotEqualTo(injected);
    } finally {
      deployer.undeploy("plain");
    }
  }

  @Test
  void deploy_again_keepsTheSessionsThatTheServerKeeps() throws Exception {
    deployer.deploy("shop");
    Answer tea = add("shop", "tea", "");
    String cookie = tea.cookie();
    deployer.undeploy("shop");
    deployer.deploy("shop");
    try {
      Answer milk = add("shop", "milk", cookie);

      assertThat(tea.body()).isEqualTo("[tea]");
      boolean kept = Server.current().keepsSessions();
      assertThat(milk.body()).isEqualTo(kept ? "[tea, milk]" : "[milk]");
      assertThat(!milk.setCookies().isEmpty()).isNotEqualTo(kept);
    } finally {
      deployer.undeploy("shop");
    }
  }

  private static Answer add(String application, String item, String cookie) {
    return new WebApp(Server.applications().resolve(application + "/"))
        .post("add?item=" + item, cookie);
  }
}
