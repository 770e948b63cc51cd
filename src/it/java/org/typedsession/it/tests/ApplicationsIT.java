package org.typedsession.it.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.typedsession.it.apps.AppsWar;
import org.typedsession.it.apps.Counted;
import org.typedsession.it.apps.CountedInterceptor;
import org.typedsession.it.apps.RestApplication;
import org.typedsession.it.apps.Rival;
import org.typedsession.it.apps.Visit;
import org.typedsession.it.apps.VisitProvider;
import org.typedsession.it.apps.VisitServlet;
import org.typedsession.it.apps.VisitView;
import org.typedsession.it.apps.Work;
import org.typedsession.it.apps.WorkResource;
import org.typedsession.it.client.WebApp;
import org.typedsession.testing.http.Answer;

/**
 * Sessions in what is neither a servlet nor a resource: providers, interceptors, pages, other
 * threads.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
@Tag("full-server")
final class ApplicationsIT {
  @ArquillianResource private URL base;

  @Deployment(testable = false)
  static WebArchive application() {
    return AppsWar.of(
            "applications",
            RestApplication.class,
            WorkResource.class,
            VisitProvider.class,
            Counted.class,
            CountedInterceptor.class,
            Work.class,
            VisitServlet.class,
            VisitView.class,
            Rival.class,
            Visit.class)
        .addAsWebInfResource(
            new StringAsset(
                """
                <faces-config xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0"/>
                """),
            "faces-config.xml")
        .addAsWebResource(page("more"), "more.xhtml")
        .addAsWebResource(page("lost"), "lost.xhtml");
  }

  private static StringAsset page(String property) {
    return new StringAsset(
        """
        <!DOCTYPE html>
        <html xmlns:h="jakarta.faces.html"><h:body>#{visitView.%s}</h:body></html>
        """
            .formatted(property));
  }

  @Test
  void session_inAnInterceptorAndAProvider_isThatOfTheClient() {
    Answer answer = new WebApp(base).post("rest/work/counted", WebApp.NO_COOKIE);

    // Once by each of them.
    assertThat(answer.body()).isEqualTo("guest 2");
    assertThat(answer.header("Visit")).isEqualTo("guest 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"asynchronous", "contextual"})
  void session_unwrappedForAnotherThread_changesThere(String way) {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    Answer answer = app.post("rest/work/" + way + "/unwrapped", cookie);

    assertThat(answer.body()).isEqualTo("guest 3");
    assertThat(app.get("visit", cookie).body()).isEqualTo("guest 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"asynchronous", "contextual"})
  void session_injectedInAnotherThread_saysWhatToDo(String way) {
    Answer answer = new WebApp(base).post("rest/work/" + way + "/injected", WebApp.NO_COOKIE);

    assertThat(answer.body()).contains("TSESS0012").contains("unwrap()");
  }

  @Test
  void session_inAFacesPage_isThatOfTheClient() {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    assertThat(app.get("more.xhtml", cookie).body()).contains("guest 2");
    assertThat(app.get("visit", cookie).body()).isEqualTo("guest 2");
  }

  @Test
  void conflict_inAFacesPage_isA409() {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();

    Answer answer = app.get("lost.xhtml", cookie);

    assertThat(answer.status()).isEqualTo(HttpURLConnection.HTTP_CONFLICT);
    // Faces has a session of the container for its views.
    assertThat(answer.setCookies()).noneMatch(header -> header.startsWith(nameOf(cookie)));
    assertThat(app.get("visit", cookie).body()).isEqualTo("guest 2");
  }

  private static String nameOf(String cookie) {
    return cookie.substring(0, cookie.indexOf('=') + 1);
  }

  @Test
  void session_overHttp2AmongManyCookies_isFound() throws Exception {
    WebApp app = new WebApp(base);
    String cookie = app.post("visit?do=more", WebApp.NO_COOKIE).cookie();
    HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    URI visit = URI.create(base.toString()).resolve("visit");
    // The first exchange asks for the upgrade; what follows begins as HTTP/2.
    http2.send(HttpRequest.newBuilder(visit).build(), BodyHandlers.ofString());
    HttpRequest.Builder request = HttpRequest.newBuilder(visit);
    for (int i = 0; i < 10; i++) {
      request.header("Cookie", "before" + i + "=" + i);
    }
    request.header("Cookie", cookie);
    for (int i = 0; i < 10; i++) {
      request.header("Cookie", "after" + i + "=" + i);
    }

    HttpResponse<String> answer = http2.send(request.build(), BodyHandlers.ofString());

    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.body()).isEqualTo("guest 1");
  }
}
