package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContainerInitializer;
import java.net.URI;
import java.net.URL;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.CountingFilter;
import org.typedsession.it.apps.Order;
import org.typedsession.it.apps.OrderServlet;
import org.typedsession.it.apps.OtherFilter;
import org.typedsession.it.apps.OtherInitializer;
import org.typedsession.it.apps.TokenFilter;
import org.typedsession.it.apps.Visit;
import org.typedsession.it.apps.VisitServlet;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Server;
import org.typedsession.testing.http.Answer;

/** The ways to pack an application. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
final class PackagingIT {
  private static final String SHOP = "shop";
  private static final String OFFICE = "office";
  private static final String WEB_XML = "with-web-xml";
  private static final String EAR = "ear";
  private static final String ABSOLUTE = "absolute";
  private static final String LISTED = "listed";

  @ArquillianResource
  @OperateOnDeployment(SHOP)
  private URL shop;

  @ArquillianResource
  @OperateOnDeployment(OFFICE)
  private URL office;

  @ArquillianResource
  @OperateOnDeployment(WEB_XML)
  private URL webXml;

  @ArquillianResource private Deployer deployer;

  @Deployment(name = SHOP, testable = false)
  static WebArchive shop() {
    return AppsWar.of("packaging-shop", VisitServlet.class, Visit.class);
  }

  @Deployment(name = OFFICE, testable = false)
  static WebArchive office() {
    return AppsWar.of("packaging-office", VisitServlet.class, Visit.class);
  }

  @Deployment(name = WEB_XML, testable = false)
  static WebArchive withWebXml() {
    JavaArchive other =
        ShrinkWrap.create(JavaArchive.class, "other.jar")
            .addClasses(OtherInitializer.class, OtherFilter.class)
            .addAsServiceProvider(ServletContainerInitializer.class, OtherInitializer.class);
    return AppsWar.of(
            "packaging-web-xml",
            VisitServlet.class,
            CountingFilter.class,
            TokenFilter.class,
            Visit.class)
        .addAsLibrary(other)
        .addAsWebResource(
            new StringAsset("<%@page session=\"true\"%><%= session.isNew() %>"), "page.jsp")
        .setWebXML(
            new StringAsset(
                """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0"
                         metadata-complete="true">
                  <filter>
                    <filter-name>counting</filter-name>
                    <filter-class>%s</filter-class>
                  </filter>
                  <filter-mapping>
                    <filter-name>counting</filter-name>
                    <url-pattern>/*</url-pattern>
                  </filter-mapping>
                  <filter>
                    <filter-name>token</filter-name>
                    <filter-class>%s</filter-class>
                  </filter>
                  <filter-mapping>
                    <filter-name>token</filter-name>
                    <url-pattern>/*</url-pattern>
                  </filter-mapping>
                  <servlet>
                    <servlet-name>visit</servlet-name>
                    <servlet-class>%s</servlet-class>
                  </servlet>
                  <servlet-mapping>
                    <servlet-name>visit</servlet-name>
                    <url-pattern>/visit</url-pattern>
                  </servlet-mapping>
                </web-app>
                """
                    .formatted(
                        CountingFilter.class.getName(),
                        TokenFilter.class.getName(),
                        VisitServlet.class.getName())));
  }

  // The settings are in lib, too: those of a web archive are not seen from there.
  @Deployment(name = EAR, managed = false, testable = false)
  static EnterpriseArchive ear() {
    return ShrinkWrap.create(EnterpriseArchive.class, "packaging.ear")
        .addAsModule(AppsWar.withoutLibrary("packaging-ear-visit", VisitServlet.class, Visit.class))
        .addAsModule(AppsWar.withoutLibrary("packaging-ear-order", OrderServlet.class, Order.class))
        .addAsLibrary(
            ShrinkWrap.create(JavaArchive.class, "settings.jar")
                .addAsManifestResource(
                    new StringAsset("typed-session.cookie.secure=false"),
                    "typed-session.properties"))
        .addAsLibrary(AppsWar.library())
        .addAsLibraries(AppsWar.whatItNeeds());
  }

  @Deployment(name = ABSOLUTE, managed = false, testable = false)
  static WebArchive absolute() {
    return absoluteOrdering("packaging-absolute", "");
  }

  @Deployment(name = LISTED, managed = false, testable = false)
  static WebArchive listed() {
    return absoluteOrdering("packaging-listed", "<name>typed_session</name>");
  }

  private static WebArchive absoluteOrdering(String name, String listed) {
    return AppsWar.of(name, VisitServlet.class, Visit.class)
        .setWebXML(
            new StringAsset(
                """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                  <absolute-ordering>%s</absolute-ordering>
                </web-app>
                """
                    .formatted(listed)));
  }

  @Test
  void applications_ofOneHost_haveCookiesAndSessionsOfTheirOwn() {
    WebApp first = new WebApp(shop);
    WebApp second = new WebApp(office);
    String cookie = first.post("visit?do=more", WebApp.NO_COOKIE).cookie();
    String other = second.post("visit?do=more", cookie).cookie();

    assertThat(nameOf(other)).isNotEqualTo(nameOf(cookie));
    assertThat(first.get("visit", cookie + "; " + other).body()).isEqualTo("guest 1");
    // The id of the one in the cookie of the other.
    String smuggled = nameOf(other) + cookie.substring(nameOf(cookie).length());
    assertThat(second.get("visit", smuggled).body()).isEqualTo("guest 0");
    assertThat(second.get("visit", other).body()).isEqualTo("guest 1");
  }

  private static String nameOf(String cookie) {
    return cookie.substring(0, cookie.indexOf('='));
  }

  @Test
  void webXml_thatIsCompleteAndHasAFilter_findsTheSessionFilterInFront() {
    WebApp app = new WebApp(webXml);

    Answer first = app.post("visit?do=more", WebApp.NO_COOKIE);
    Answer second = app.get("visit", first.cookie());

    assertThat(first.body()).isEqualTo("guest 2");
    assertThat(second.body()).isEqualTo("guest 2");
    assertThat(second.header("Seen-After")).isEqualTo("false");
    assertThat(second.header("Other")).isEqualTo("seen");
  }

  @Test
  void webXml_withAFilterThatAuthenticates_rotatesTheIdForItsUser() {
    WebApp app = new WebApp(webXml);
    String anonymous = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    Answer login = app.send("GET", "visit", anonymous, Map.of(TokenFilter.HEADER, "ann"));

    assertThat(login.body()).isEqualTo("guest 2");
    assertThat(login.setCookies()).hasSize(1);
    assertThat(login.cookie()).isNotEqualTo(anonymous);
    assertThat(app.get("visit", login.cookie()).body()).isEqualTo("guest 2");
    assertThat(app.get("visit", anonymous).body()).isEqualTo("guest 0");
  }

  @Test
  void jsp_withASessionOfTheContainer_hasBothBesideEachOther() {
    WebApp app = new WebApp(webXml);

    Answer page = app.send("POST", "page.jsp", WebApp.NO_COOKIE);

    assertThat(page.body()).isEqualTo("true");
    assertThat(page.setCookies()).hasSize(2).anyMatch(cookie -> cookie.startsWith("JSESSIONID"));
  }

  @Test
  void ear_withTheLibraryInLib_givesEachWebArchiveItsOwnType() throws Exception {
    deployer.deploy(EAR);
    try {
      URI root = URI.create(shop.toString()).resolve("/");
      WebApp visits = new WebApp(root.resolve("/packaging-ear-visit/"));
      WebApp orders = new WebApp(root.resolve("/packaging-ear-order/"));

      String visit = visits.post("visit?do=more", WebApp.NO_COOKIE).cookie();
      String order = orders.post("order", WebApp.NO_COOKIE).cookie();

      assertThat(visits.post("visit?do=more", visit).body()).isEqualTo("guest 2");
      assertThat(orders.post("order", order).setCookies()).hasSize(1);
      assertThat(nameOf(order)).isNotEqualTo(nameOf(visit)).doesNotStartWith("__Host-");
    } finally {
      deployer.undeploy(EAR);
    }
  }

  @Test
  void absoluteOrdering_thatOmitsTheLibrary_tellsTheWayOutAtTheFirstUse() throws Exception {
    deployer.deploy(ABSOLUTE);
    try {
      URI root = URI.create(shop.toString()).resolve("/packaging-absolute/");

      assertThat(new WebApp(root).get("visit", WebApp.NO_COOKIE).body())
          .contains("TSESS0082")
          .contains("<name>typed_session</name>");
    } finally {
      deployer.undeploy(ABSOLUTE);
    }
  }

  @Test
  void absoluteOrdering_thatListsTheLibrary_worksOrIsRefused() throws Exception {
    if (!Server.current().loadsListedFragments()) {
      assertThatThrownBy(() -> deployer.deploy(LISTED)).rootCause().message().isNotEmpty();
      return;
    }
    deployer.deploy(LISTED);
    try {
      URI root = URI.create(shop.toString()).resolve("/packaging-listed/");

      assertThat(new WebApp(root).post("visit?do=more", WebApp.NO_COOKIE).setCookies()).hasSize(1);
    } finally {
      deployer.undeploy(LISTED);
    }
  }
}
