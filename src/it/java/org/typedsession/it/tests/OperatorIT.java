package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.probe.MBeansServlet;
import org.typedsession.it.apps.readme.AddServlet;
import org.typedsession.it.apps.readme.Cart;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Server;
import org.typedsession.testing.http.Answer;

/**
 * What an operator sees of the application of the README, from without: its readiness, and its
 * MBeans in the process.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class OperatorIT {
  private static final String OBSERVER = "observer";
  private static final String SHOP = "shop";
  private static final String OUTLET = "outlet";

  private final WebApp applications = new WebApp(Server.applications());
  private final WebApp health = new WebApp(Server.current().health());

  @ArquillianResource private Deployer deployer;

  @Deployment(name = OBSERVER, managed = false, testable = false)
  static WebArchive observer() {
    return ShrinkWrap.create(WebArchive.class, OBSERVER + ".war").addClass(MBeansServlet.class);
  }

  @Deployment(name = SHOP, managed = false, testable = false)
  static WebArchive shop() {
    return AppsWar.of(SHOP, Cart.class, AddServlet.class);
  }

  @Deployment(name = OUTLET, managed = false, testable = false)
  static WebArchive outlet() {
    return AppsWar.of(OUTLET, Cart.class, AddServlet.class);
  }

  @BeforeEach
  void deploy() {
    deployer.deploy(OBSERVER);
    deployer.deploy(SHOP);
  }

  @AfterEach
  void undeploy() {
    deployer.undeploy(SHOP);
    deployer.undeploy(OBSERVER);
  }

  @Test
  void healthReady_storeThatServes_isUpAndNamesIt() {
    Answer answer = health.get("ready", WebApp.NO_COOKIE);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().getString("status")).isEqualTo("UP");
    if (!Server.current().hasReadinessChecks()) {
      assertThat(checks(answer)).isEmpty();
      return;
    }
    assertThat(checks(answer))
        .as(answer.body())
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.getString("status")).isEqualTo("UP");
              JsonObject data = check.getJsonObject("data");
              assertThat(data.getString("application")).isEqualTo("/shop");
              assertThat(data.getString(Cart.class.getName())).isEqualTo("ready");
            });
  }

  @Test
  void healthReady_undeployed_hasNoCheckOfItAnyMore() {
    deployer.undeploy(SHOP);
    try {
      assertThat(checks(health.get("ready", WebApp.NO_COOKIE))).isEmpty();
    } finally {
      deployer.deploy(SHOP);
    }
  }

  @Test
  void mbean_requestsServed_hasCountedThem() {
    String tea = applications.post("shop/add?item=tea", WebApp.NO_COOKIE).cookie();
    applications.post("shop/add?item=milk", tea);

    JsonObject bean = mbeans().getJsonObject(nameOf("/shop"));

    assertThat(bean.getString("Ready")).isEqualTo("true");
    assertThat(bean.getString("Reason")).isEmpty();
    assertThat(bean.getString("Creates")).isEqualTo("1");
    assertThat(bean.getString("Reads")).isEqualTo("1");
    assertThat(bean.getString("WritesInPlace")).isEqualTo("1");
    assertThat(bean.getString("Conflicts")).isEqualTo("0");
    assertThat(bean.getString("UnknownOutcomes")).isEqualTo("0");
  }

  @Test
  void mbeans_twoDeployments_haveOneEachUntilTheyAreUndeployed() {
    assertThat(mbeans().keySet()).containsExactly(nameOf("/shop"));

    deployer.deploy(OUTLET);
    try {
      assertThat(mbeans().keySet()).containsExactlyInAnyOrder(nameOf("/shop"), nameOf("/outlet"));
    } finally {
      deployer.undeploy(OUTLET);
    }

    assertThat(mbeans().keySet()).containsExactly(nameOf("/shop"));
  }

  private JsonObject mbeans() {
    JsonObjectBuilder byName = Json.createObjectBuilder();
    // Each server has a name of its own for its virtual host.
    applications
        .get("observer/probe/mbeans", WebApp.NO_COOKIE)
        .json()
        .forEach((name, bean) -> byName.add(name.replaceFirst(",host=[^,]+", ""), bean));
    return byName.build();
  }

  private static String nameOf(String application) {
    return "org.typedsession:type=SessionStore,application=%s,data=%s"
        .formatted(application, Cart.class.getName());
  }

  private static List<JsonObject> checks(Answer answer) {
    return answer.json().getJsonArray("checks").getValuesAs(JsonObject.class).stream()
        .filter(check -> check.getString("name").equals("typed-session"))
        .toList();
  }
}
