package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.security.Account;
import org.typedsession.it.client.WebApp;
import org.typedsession.it.servers.Server;
import org.typedsession.testing.http.Answer;

/** An application with a login by Jakarta Security, whose callers are kept in typed sessions. */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@Tag("full-server")
final class SecurityIT {
  private static final String ADA = "name=ada&password=ada";
  private static final String GRACE = "name=grace&password=grace";

  @ArquillianResource private URL base;

  private WebApp app;

  @Deployment(testable = false)
  static WebArchive application() {
    return AppsWar.of("security").addPackage(Account.class.getPackage());
  }

  @BeforeEach
  void openApplication() {
    app = new WebApp(base);
  }

  @Test
  void protectedPage_withoutACaller_leadsToTheLoginForm() {
    Answer answer = app.get("members", WebApp.NO_COOKIE);

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.header("Location")).endsWith("/login");
    assertThat(answer.setCookies()).isEmpty();
    assertThat(app.get("login", WebApp.NO_COOKIE).body()).contains("<form method=\"post\">");
  }

  @Test
  void login_guest_getsANewIdAndNoOtherSession() {
    Answer guest = app.post("open", WebApp.NO_COOKIE);
    assertCaller(guest, "-", false);

    Answer login = app.post("login?" + ADA, guest.cookie());

    assertCaller(login, "ada", false);
    assertThat(login.json().getInt("visits")).isEqualTo(1);
    assertThat(login.json().getString("handle")).isEqualTo(guest.json().getString("handle"));
    assertThat(login.setCookies()).singleElement().asString().doesNotContain("JSESSIONID");
    assertThat(login.cookie()).isNotEqualTo(guest.cookie());
    assertThat(app.get("members", guest.cookie()).status()).isEqualTo(302);
  }

  @Test
  void laterRequests_ofACaller_areTheirsWithAllGroups() {
    String ada = app.post("login?" + ADA, WebApp.NO_COOKIE).cookie();
    String grace = app.post("login?" + GRACE, WebApp.NO_COOKIE).cookie();

    for (String page : new String[] {"open", "members"}) {
      assertCaller(app.get(page, ada), "ada", false);
      assertCaller(app.get(page, grace), "grace", true);
      assertThat(app.get(page, grace).setCookies()).isEmpty();
    }
    assertThat(app.get("keepers", ada).status()).isEqualTo(403);
    assertCaller(app.get("keepers", grace), "grace", true);
    assertCaller(app.get("open", WebApp.NO_COOKIE), "-", false);
    assertThat(app.post("open", ada).json().getInt("visits")).isEqualTo(1);
    assertThat(app.get("members", ada).json().getInt("visits")).isEqualTo(1);
  }

  @Test
  void login_inFrontOfTheFilter_isKeptToo() {
    Answer guest = app.post("open", WebApp.NO_COOKIE);

    Answer login = app.post("enter?" + GRACE, guest.cookie());

    assertCaller(login, "grace", true);
    assertThat(login.json().getInt("visits")).isEqualTo(2);
    assertThat(login.setCookies()).hasSize(1);
    assertThat(app.get("members", guest.cookie()).status()).isEqualTo(302);
    assertCaller(app.get("members", login.cookie()), "grace", true);
  }

  @Test
  void login_wrongPassword_changesNothing() {
    Answer guest = app.post("open", WebApp.NO_COOKIE);

    Answer login = app.post("login?name=ada&password=eve", guest.cookie());

    assertThat(login.status()).isEqualTo(401);
    assertThat(login.setCookies()).isEmpty();
    assertCaller(app.get("open", guest.cookie()), "-", false);
  }

  @Test
  void login_ofAnotherCaller_replacesTheFirstAndTheirGroups() {
    Answer grace = app.post("login?" + GRACE, WebApp.NO_COOKIE);

    Answer ada = app.post("login?" + ADA, grace.cookie());

    if (!Server.current().authenticatesAgain()) {
      assertCaller(ada, "grace", true);
      assertThat(ada.setCookies()).isEmpty();
      return;
    }
    assertThat(ada.cookie()).isNotEqualTo(grace.cookie());
    assertCaller(app.get("members", ada.cookie()), "ada", false);
    assertThat(app.get("keepers", ada.cookie()).status()).isEqualTo(403);
    assertThat(app.get("members", grace.cookie()).status()).isEqualTo(302);
  }

  @Test
  void login_ofTheSameCaller_givesANewId() {
    Answer first = app.post("login?" + ADA, WebApp.NO_COOKIE);

    Answer second = app.post("login?" + ADA, first.cookie());

    if (!Server.current().authenticatesAgain()) {
      assertThat(second.setCookies()).isEmpty();
      assertCaller(app.get("members", first.cookie()), "ada", false);
      return;
    }
    assertThat(second.cookie()).isNotEqualTo(first.cookie());
    assertThat(second.json().getString("handle")).isEqualTo(first.json().getString("handle"));
    assertThat(app.get("members", first.cookie()).status()).isEqualTo(302);
  }

  @Test
  void logout_caller_endsTheSession() {
    String cookie = app.post("login?" + ADA, WebApp.NO_COOKIE).cookie();

    Answer logout = app.post("logout", cookie);

    assertThat(logout.body()).isEqualTo("out");
    assertThat(logout.setCookies())
        .singleElement()
        .asString()
        .matches(".*(Max-Age=0|Expires=Thu, 01[- ]Jan[- ]1970).*");
    assertThat(app.get("members", cookie).status()).isEqualTo(302);
    assertCaller(app.get("open", cookie), "-", false);
    assertThat(app.post("logout", WebApp.NO_COOKIE).setCookies()).isEmpty();
  }

  @Test
  void endAll_ofACaller_logsThemOutEverywhere() {
    String first = app.post("login?" + GRACE, WebApp.NO_COOKIE).cookie();
    String second = app.post("login?" + GRACE, WebApp.NO_COOKIE).cookie();
    String other = app.post("login?" + ADA, WebApp.NO_COOKIE).cookie();

    assertThat(app.post("end-all?name=grace", WebApp.NO_COOKIE).status()).isEqualTo(200);

    assertThat(app.get("members", first).status()).isEqualTo(302);
    assertCaller(app.get("open", second), "-", false);
    assertCaller(app.get("members", other), "ada", false);
  }

  private static void assertCaller(Answer answer, String name, boolean keeper) {
    assertThat(answer.status()).isEqualTo(200);
    JsonObject caller = answer.json();
    assertThat(caller.getString("request")).isEqualTo(name);
    assertThat(caller.getString("security"))
        .isEqualTo(name.equals("-") ? Server.current().nameOfNobody().orElse(name) : name);
    assertThat(caller.getString("session")).isEqualTo(name);
    assertThat(caller.getBoolean("member")).isEqualTo(!name.equals("-"));
    assertThat(caller.getBoolean("keeper")).isEqualTo(keeper);
    assertThat(caller.getString("vault")).isEqualTo(keeper ? "gold of " + name : "-");
  }
}
