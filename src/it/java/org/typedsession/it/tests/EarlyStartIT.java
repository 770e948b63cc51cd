package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.Visit;
import org.typedsession.it.apps.VisitServlet;
import org.typedsession.it.apps.starts.CookieServlet;
import org.typedsession.it.apps.starts.OfEnterpriseBean;
import org.typedsession.it.apps.starts.OfInitialized;
import org.typedsession.it.apps.starts.OfListener;
import org.typedsession.it.apps.starts.OfStartup;
import org.typedsession.it.apps.starts.Stock;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Server;

/** A store that is used while its application starts. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class EarlyStartIT {
  private static final String LISTENER = "listener";
  private static final String INITIALIZED = "initialized";
  private static final String STARTUP = "startup";
  private static final String ENTERPRISE_BEAN = "enterprise-bean";

  @ArquillianResource private Deployer deployer;

  @Deployment(name = LISTENER, managed = false, testable = false)
  static WebArchive listener() {
    return war(LISTENER, OfListener.class);
  }

  @Deployment(name = INITIALIZED, managed = false, testable = false)
  static WebArchive initialized() {
    return war(INITIALIZED, OfInitialized.class);
  }

  @Deployment(name = STARTUP, managed = false, testable = false)
  static WebArchive startup() {
    return war(STARTUP, OfStartup.class);
  }

  @Deployment(name = ENTERPRISE_BEAN, managed = false, testable = false)
  static WebArchive enterpriseBean() {
    return war(ENTERPRISE_BEAN, OfEnterpriseBean.class);
  }

  private static WebArchive war(String name, Class<?> user) {
    return AppsWar.of(
        "early-" + name, user, Stock.class, CookieServlet.class, Visit.class, VisitServlet.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {LISTENER, INITIALIZED, STARTUP})
  void store_usedWhenTheWebContextIsKnown_isThatOfTheRequests(String name) throws Exception {
    deployer.deploy(name);
    try {
      WebApp app = new WebApp(Server.applications().resolve("early-" + name + "/"));

      String value = app.get("cookie", WebApp.NO_COOKIE).body();

      assertThat(app.get("visit", "session-early-" + name + "=" + value).body())
          .isEqualTo("start 1");
    } finally {
      deployer.undeploy(name);
    }
  }

  // Enterprise beans start before the web application does. Not every adapter passes the reason on;
  // EarlyUseTest has it.
  @Test
  void store_usedBefore_failsTheDeployment() {
    assertThatThrownBy(() -> deployer.deploy(ENTERPRISE_BEAN))
        .isInstanceOf(DeploymentException.class);
  }
}
