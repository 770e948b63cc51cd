package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.util.Optional;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.ListingApplication;
import org.typedsession.it.apps.OwnMapper;
import org.typedsession.it.apps.RestApplication;
import org.typedsession.it.apps.Rival;
import org.typedsession.it.apps.Visit;
import org.typedsession.it.apps.VisitBean;
import org.typedsession.it.apps.VisitResource;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Server;
import org.typedsession.testing.http.Answer;

/** Sessions in Jakarta REST, and what becomes of their exceptions there. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@Tag("full-server")
final class RestIT {
  private static final String FOUND = "found";
  private static final String LISTED = "listed";
  private static final String OWN = "own";

  @ArquillianResource
  @OperateOnDeployment(FOUND)
  private URL found;

  @ArquillianResource
  @OperateOnDeployment(LISTED)
  private URL listed;

  @ArquillianResource
  @OperateOnDeployment(OWN)
  private URL own;

  @Deployment(name = FOUND, testable = false)
  static WebArchive found() {
    return AppsWar.of(
        "rest-found",
        RestApplication.class,
        VisitResource.class,
        VisitBean.class,
        Rival.class,
        Visit.class);
  }

  @Deployment(name = LISTED, testable = false)
  static WebArchive listed() {
    return AppsWar.of(
        "rest-listed",
        ListingApplication.class,
        VisitResource.class,
        VisitBean.class,
        Rival.class,
        Visit.class);
  }

  @Deployment(name = OWN, testable = false)
  static WebArchive own() {
    return AppsWar.of(
        "rest-own",
        RestApplication.class,
        VisitResource.class,
        OwnMapper.class,
        VisitBean.class,
        Rival.class,
        Visit.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/bean", "/stage", "/suspended"})
  void session_injectedInAResource_isThatOfTheClient(String way) {
    WebApp app = new WebApp(found);
    String cookie = app.post("rest/visit", WebApp.NO_COOKIE).cookie();

    Answer second = app.post("rest/visit" + way, cookie);

    assertThat(second.body()).isEqualTo("guest 2");
    assertThat(app.get("rest/visit", cookie).body()).isEqualTo("guest 2");
  }

  @Test
  void session_whosePrivilegeAResourceChanges_getsANewId() {
    WebApp app = new WebApp(found);
    String guest = app.post("rest/visit", WebApp.NO_COOKIE).cookie();

    String member = app.post("rest/visit/login/ann", guest).cookie();

    assertThat(app.get("rest/visit", member).body()).isEqualTo("ann 1");
    assertThat(app.get("rest/visit", guest).body()).isEqualTo("guest 0");
  }

  @ParameterizedTest
  @CsvSource({
    "409, thrown",
    "409, wrapped",
    "409, bean",
    "409, end",
    "409, nothing",
    "409, large",
    "409, stage",
    "409, stage-wrapped",
    "409, stage-end",
    "409, stage-large",
    "409, suspended",
    "409, suspended-end",
    "503, thrown",
    "503, wrapped",
    "503, bean",
    "503, end",
    "503, nothing",
    "503, large",
    "503, stage",
    "503, stage-wrapped",
    "503, stage-end",
    "503, stage-large",
    "503, suspended",
    "503, suspended-end"
  })
  void failureOfASession_whereverItArises_isAnsweredAndLeavesTheCookie(int status, String way) {
    assertRefused(new WebApp(found), status, way);
  }

  @ParameterizedTest
  @CsvSource({"409, thrown", "503, thrown", "409, large", "503, suspended"})
  void failureOfASession_inAnApplicationThatListsItsClasses_isAnsweredToo(int status, String way) {
    assertRefused(new WebApp(listed), status, way);
  }

  private static Optional<Answer> fail(WebApp app, String way, String cookie) {
    try {
      return Optional.of(app.post("rest/visit/fail/" + way, cookie));
    } catch (AssertionError noAnswer) {
      if (way.endsWith("-end") && !Server.current().answersFailuresAtTheEndOfAsyncResources()) {
        return Optional.empty();
      }
      throw noAnswer;
    }
  }

  private static void assertRefused(WebApp app, int status, String way) {
    String cookie = app.post("rest/visit", WebApp.NO_COOKIE).cookie();

    Optional<Answer> answer = fail(app, status + "/" + way, cookie);

    if (answer.isPresent()) {
      Answer refused = answer.get();
      assertThat(refused.status()).isEqualTo(status);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.setCookies()).isEmpty();
    }
    // What the rival did, and nothing else.
    assertThat(app.get("rest/visit", cookie).body()).isEqualTo("guest 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"thrown", "stage", "suspended"})
  void conflict_withAMapperOfTheApplication_isItsAnswer(String way) {
    WebApp app = new WebApp(own);
    String cookie = app.post("rest/visit", WebApp.NO_COOKIE).cookie();

    Answer answer = app.post("rest/visit/fail/409/" + way, cookie);

    assertThat(answer.status()).isEqualTo(418);
    assertThat(answer.body()).isEqualTo("lost");
    assertThat(app.get("rest/visit", cookie).body()).isEqualTo("guest 2");
  }

  @Test
  void exception_ofTheApplication_isA500() {
    WebApp app = new WebApp(found);
    String cookie = app.post("rest/visit", WebApp.NO_COOKIE).cookie();

    assertThat(app.post("rest/visit/exception", cookie).status()).isEqualTo(500);
  }
}
